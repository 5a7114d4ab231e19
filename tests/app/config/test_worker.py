import pytest
from pytest_django import Settings

from app.config.worker import LONGEST_HEAD, Arriving

HEAD = b"POST / HTTP/1.1\r\nHost: shop\r\n"
LENGTH = HEAD + b"Content-Length: 5\r\n\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(autouse=True)
def ten_bytes_at_most(settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10


def whole_after(data: bytes) -> int | None:
    """After how many bytes a request is whole, where they come one by one."""
    arriving = Arriving()
    for number, byte in enumerate(data, start=1):
        arriving.data.append(byte)
        if arriving.is_whole():
            return number
    return None


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        HEAD + b"\r\n",
        LENGTH + b"12345",
        HEAD + b"content-length:\t0\r\n\r\n",
        CHUNKED + b"0\r\n\r\n",
        CHUNKED + b"0005\r\n12345\r\n0\r\n\r\n",
        CHUNKED + b"2;a=b\r\n\r\n\r\n3 \r\n0\r\n\r\n0\r\nA: b\r\n\r\n",
    ],
)
def test_a_request_is_whole_with_its_last_byte(request_: bytes) -> None:
    assert whole_after(request_) == len(request_)
    arriving = Arriving(request_ + b"GET /next")
    assert arriving.is_whole()
    assert arriving.request() == request_ + b"GET /next"


def test_empty_lines_before_a_request_are_not_the_end_of_it() -> None:
    assert whole_after(b"\r\n\r\n\r\nGET / HTTP/1.1\r\n") is None
    assert whole_after(b"\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n") == 24


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        (HEAD + b"Content-Length: 11\r\n\r\n", b""),
        (CHUNKED + b"b\r\n", b"12345678901"),
        (CHUNKED + b"6\r\n123456\r\n6\r\n", b"12345"),
    ],
)
def test_a_body_that_is_too_long_is_waited_for_no_longer(data: bytes, whole: bytes) -> None:
    assert whole_after(data + whole + b"more") == len(data + whole)
    arriving = Arriving(data + whole)
    assert arriving.is_whole()
    first, header = arriving.request().split(b"\r\n")[:2]
    assert (first, header) == (b"POST / HTTP/1.1", b"Connection: close")


@pytest.mark.parametrize("size", [b"x", b"-5", b"0x5", b"1" * 9000])
def test_a_chunk_that_makes_no_sense_is_for_gunicorn_to_refuse(size: bytes) -> None:
    assert whole_after(CHUNKED + size + b"\r\n") is not None


def test_a_client_says_that_it_waits_to_go_on() -> None:
    arriving = Arriving(HEAD + b"Expect: 100-Continue\r\nContent-Length: 5\r\n\r\n")
    assert not arriving.is_whole()
    assert arriving.expects


def test_a_head_has_to_end() -> None:
    arriving = Arriving(HEAD + b"x" * LONGEST_HEAD)
    assert not arriving.is_whole()
    assert arriving.has_endless_head()
