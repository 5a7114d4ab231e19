"""Texts on a terminal, in a pipe or in a log, whatever these can show and whoever reads them."""

import codecs
import io
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TextIO

# What h2h itself prints that is no ASCII, as those read it who have nothing else.
STAND_INS: Final[Mapping[str, str]] = {
    "→": "->",
    "…": "...",
    "\N{MULTIPLICATION SIGN}": "x",
    "∞": "inf",
    "\N{MICRO SIGN}": "u",
}
# How `str.encode` is told to use them.
_SHOW = "headtohead.show"
# Whose value says that UTF-8 is not to be trusted, although Python then prints it all the same.
_ASCII_LOCALES = ("C", "POSIX")
_CHOOSES_ENCODING = ("PYTHONIOENCODING", "PYTHONUTF8")
_BLANK = re.compile(r"[^\S\n]")


def shown(text: str, *, encoding: str) -> str:
    """A text as it can be printed: nothing in it moves a cursor, and nothing fails to be encoded.

    Lines stay. What the encoding lacks has a stand-in; what has none, control characters and bytes
    that were no text (surrogates) are written as Python escapes them.
    """
    visible = "".join(
        each if each == "\n" or each.isprintable() else _escaped(each)
        for each in _BLANK.sub(" ", text)
    )
    return visible.encode(encoding, _SHOW).decode(encoding)


def use_safe_streams() -> None:
    """Let whatever is printed from now on be shown, or be dropped where nobody reads.

    That which no encoding has is no reason to lose the rest, and a pipe that `head` closed none to
    end with another exit code than that of what was found.
    """
    sys.stdout = _safe(sys.stdout, descriptor=1)
    sys.stderr = _safe(sys.stderr, descriptor=2)


class _SafeStream(io.TextIOWrapper):
    """What cannot be printed is dropped, and reported once, where it is no closed pipe."""

    def write(self, text: str, /) -> int:
        with self._dropping():
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with self._dropping():
            super().flush()

    @contextmanager
    def _dropping(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            # What waits in the buffer would fail again when the process ends.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            super().flush()
            if not isinstance(error, BrokenPipeError):
                raise


def _safe(stream: TextIO | None, *, descriptor: int) -> TextIO:
    if stream is None:
        # It was closed when the process began; no file that is opened next may take its place.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.set_inheritable(descriptor, True)  # noqa: FBT003
        return _SafeStream(os.fdopen(descriptor, "wb", closefd=False), encoding="utf-8")
    # A stream that somebody captures is theirs.
    if type(stream) is not io.TextIOWrapper:
        return stream
    stream.flush()
    return _SafeStream(
        stream.buffer,
        encoding="ascii" if _ascii_is_asked_for() else stream.encoding,
        errors=_SHOW,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _ascii_is_asked_for() -> bool:
    return os.environ.get("LC_ALL") in _ASCII_LOCALES and not any(
        os.environ.get(each) for each in _CHOOSES_ENCODING
    )


def _show(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(STAND_INS.get(each) or _escaped(each) for each in lacking), error.end


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


codecs.register_error(_SHOW, _show)
