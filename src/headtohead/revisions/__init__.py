"""Git revisions of a project, each as a folder with an interpreter that can run it."""

from headtohead.revisions.checkout import WORKING_TREE, Revision, checked_out

__all__ = ["WORKING_TREE", "Revision", "checked_out"]
