from headtohead.bench.instructions import instructions_in

DUMP = """# callgrind format
version: 1
pid: 3508
desc: Timerange: Basic block 0 - 82
desc: Trigger: {trigger}

events: Ir
summary: 0

fn=(0) work
0 {total}

totals: {total}
"""


def dump(name: str, total: int) -> str:
    return DUMP.format(trigger=f"Client Request: {name}", total=total)


def test_each_dump_of_a_benchmark_is_its_count():
    last = DUMP.format(trigger="Program termination", total=7)
    assert instructions_in([dump("a.py::b[c d]", 5), dump("a.py::e", 6), last], without=()) == {
        "a.py::b[c d]": 5,
        "a.py::e": 6,
    }


def test_what_fails_is_not_counted():
    assert instructions_in([dump("a.py::b", 5)], without={"a.py::b"}) == {}


def test_a_dump_that_was_cut_off_counts_nothing():
    assert instructions_in([dump("a.py::b", 5).partition("totals")[0]], without=()) == {}
