"""What pages about records say alike."""

from headtohead.records.provenance import GitState


def revision(git: GitState) -> str:
    """The revision that a record was taken at."""
    commit = git.commit[:12] if git.commit else "outside a repository"
    return f"{commit} with changes" if git.dirty else commit
