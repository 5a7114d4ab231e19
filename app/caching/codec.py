"""Cached values as MessagePack, which takes a third of the time that pickles and JSON take."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from headtohead.django.cache_codec import UNREADABLE, Codec

_DECIMAL = 1  # MessagePack has no type for it, and leaves numbers to whoever wants one


class MessagePackCodec(Codec):
    """Plain data as MessagePack, which begins with no digit unless it is a small number."""

    def encoded(self, value: Any) -> bytes:
        """A value as bytes."""
        return msgspec.msgpack.encode(_packed(value))

    def decoded(self, data: bytes) -> Any:
        """The value of such bytes, or UNREADABLE."""
        try:
            return _DECODER.decode(data)
        except msgspec.MsgspecError:
            return UNREADABLE


def _packed(value: Any) -> Any:
    if value is None or isinstance(value, str | bytes | bool | int | float):
        return value
    if isinstance(value, dict):
        return {key: _packed(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_packed(each) for each in value]
    if isinstance(value, Decimal):
        return msgspec.msgpack.Ext(_DECIMAL, str(value).encode())
    if isinstance(value, datetime) and value.tzinfo:
        return value
    raise TypeError(f"only plain data can be cached, not {value!r}")


def _unpacked(code: int, data: memoryview) -> Decimal:
    if code != _DECIMAL:
        raise ValueError(f"unknown extension {code}")
    return Decimal(bytes(data).decode())


_DECODER = msgspec.msgpack.Decoder(ext_hook=_unpacked)
