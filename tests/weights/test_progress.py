"""Progress lines: each percent once, a log without spam."""

import io

from weights.progress import Meter, StderrReport, readable


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(stream, step):
    meter = Meter(StderrReport(stream), "Fetching", 1000)
    for _ in range(0, 1000, step):
        meter.advance(step)
    return stream.getvalue()


def test_a_log_gets_one_line_for_each_ten_percent():
    assert run(io.StringIO(), 1).splitlines() == [f"Fetching: {percent} %" for percent in range(0, 101, 10)]


def test_a_log_gets_every_tenth_even_when_steps_are_uneven():
    lines = run(io.StringIO(), 125).splitlines()
    assert lines == [f"Fetching: {percent} %" for percent in (12, 25, 37, 50, 62, 75, 87, 100)]


def test_a_terminal_gets_one_line_that_is_overwritten():
    text = run(Terminal(), 500)
    assert text == "\r\x1b[KFetching: 50 %\r\x1b[KFetching: 100 %\n"


def test_other_lines_are_always_printed():
    stream = io.StringIO()
    report = StderrReport(stream)
    report("Joining ...")
    report("Joining ...")
    assert stream.getvalue() == "Joining ...\n" * 2


def test_a_source_that_starts_over_does_not_count_twice():
    lines = []
    meter = Meter(lines.append, "Fetching", 100)
    for count in (50, -50, 60, 40):
        meter.advance(count)
    assert lines == ["Fetching: 50 %", "Fetching: 60 %", "Fetching: 100 %"]


def test_sizes_read_as_on_a_download_page():
    assert (readable(1_117_320_768), readable(71_622_400)) == ("1.1 GB", "72 MB")
