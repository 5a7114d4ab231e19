"""A plugin of pytest that has callgrind count the instructions of what `benchmark` calls.

It runs within the environment of a revision, which may be without headtohead, so it stands alone.
Loaded under ``valgrind --tool=callgrind --instr-atstart=no``, it leaves a dump for each benchmark,
whose trigger is the benchmark's name.
"""

import ctypes
import gc
import mmap
from collections.abc import Callable
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

# Caches fill and bytecode specialises itself in the first calls.
WARM_UP_CALLS = 3
# As callgrind.h numbers its requests, from the letters C and T on.
_ZERO, _DUMP, _START, _STOP = (0x43540000 + offset for offset in (1, 3, 4, 5))
# What valgrind.h calls a client request, as a function of C that takes its address: valgrind knows
# it by four rotations and an exchange that change nothing, and so does nothing without valgrind.
_REQUEST = (
    "48 89 f8"  # mov %rdi, %rax
    "31 d2"  # xor %edx, %edx
    "48 c1 c7 03 48 c1 c7 0d 48 c1 c7 3d 48 c1 c7 33"  # rol $3, $13, $61, $51, %rdi
    "48 87 db"  # xchg %rbx, %rbx
    "48 89 d0"  # mov %rdx, %rax
    "c3"  # ret
)
_memory = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
_memory.write(bytes.fromhex(_REQUEST))
_request = ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_void_p)(
    ctypes.addressof(ctypes.c_char.from_buffer(_memory))
)
_Arguments = ctypes.c_uint64 * 6


def counted(function: Callable[..., Any], *, name: str, warm_up: int) -> Callable[..., Any]:
    """The function, with its next call counted."""
    zero, start, stop = (_Arguments(code) for code in (_ZERO, _START, _STOP))

    def call(*arguments: Any, **named: Any) -> Any:
        for _ in range(warm_up):
            function(*arguments, **named)
        gc.collect()
        gc.disable()
        # What a benchmark left that failed is not this one's.
        _request(ctypes.byref(zero))
        _request(ctypes.byref(start))
        try:
            result = function(*arguments, **named)
        finally:
            _request(ctypes.byref(stop))
            gc.enable()
        trigger = ctypes.create_string_buffer(name.encode())
        _request(ctypes.byref(_Arguments(_DUMP, ctypes.addressof(trigger))))
        return result

    return call


def pytest_configure() -> None:
    """Have what benchmarks call counted; pytest-benchmark, told not to measure, calls it once."""
    patched: Any = BenchmarkFixture
    call, pedantic = patched.__call__, patched.pedantic

    def count(fixture: Any, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        function = counted(function, name=fixture.fullname, warm_up=WARM_UP_CALLS)
        return call(fixture, function, *arguments, **named)

    def count_pedantic(fixture: Any, target: Callable[..., Any], *rest: Any, **named: Any) -> Any:
        # Each of its calls may want a set-up of its own.
        return pedantic(fixture, counted(target, name=fixture.fullname, warm_up=0), *rest, **named)

    patched.__call__ = count
    patched.pedantic = count_pedantic


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep benchmarks alone: --benchmark-only does not go with --benchmark-disable."""
    items[:] = [item for item in items if "benchmark" in getattr(item, "fixturenames", ())]
