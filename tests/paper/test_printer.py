"""The printer's lane on a real socket: whatever the printer does, the sale stands and the job is kept."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

import pytest

from pos_desktop.domain.receipt_layout import layout
from pos_desktop.hardware.emulated import EmulatedPrinter, PrintedPaper
from pos_desktop.hardware.escpos import profile, render
from pos_desktop.hardware.printer import Outcome, PrinterLane, PrintJob, PrintResult
from pos_desktop.hardware.transports import transport
from tests.paper.made import long_receipt, receipt, sale
from tests.patience import PATIENCE

SECONDS = 0.6
"""Five in a shop; shorter here where a printer is silent, so that it does not stall the tests."""
SOON = 20.0
"""Seconds; without a deadline a job for a stalled printer would never end."""

QUESTIONS = 9
JOB = QUESTIONS + len(render(layout(receipt(), 48), profile("80mm")))
"""Bytes on the wire before the printer is asked whether it is done."""


@pytest.fixture
def printer() -> Iterator[EmulatedPrinter]:
    with EmulatedPrinter() as made:
        yield made


@pytest.fixture
def lane(printer: EmulatedPrinter) -> Iterator[PrinterLane]:
    made = PrinterLane(transport(printer.address), profile("80mm"), seconds=PATIENCE)
    yield made
    made.close()


@contextlib.contextmanager
def hurried(lane: PrinterLane) -> Iterator[None]:
    """What the lane waits for does not come."""
    lane._seconds = SECONDS
    yield
    lane._seconds = PATIENCE


def test_a_receipt_prints_and_the_printer_says_that_it_is_done(
    printer: EmulatedPrinter, lane: PrinterLane
) -> None:
    result = lane.print_now(PrintJob(receipt(), sale_id="s1", kick=True))
    assert (result.outcome, result.confirmed, result.sale_id) == (Outcome.PRINTED, True, "s1")
    assert printer.kicks == 1
    assert "Semi-skimmed milk 2 l                     2.15 C" in printer.papers[0].lines
    assert lane.kept() == ()


def test_the_drawer_opens_without_paper(printer: EmulatedPrinter, lane: PrinterLane) -> None:
    assert lane.kick_drawer().words == "Drawer opened."
    assert printer.wait_for(lambda p: p.kicks == 1)
    assert printer.papers == ()


def test_out_of_paper_opens_the_drawer_keeps_the_job_and_prints_it_later(
    printer: EmulatedPrinter, lane: PrinterLane
) -> None:
    printer.set_paper(0)
    result = lane.print_now(PrintJob(receipt(), sale_id="s1", kick=True))
    assert result.outcome is Outcome.PAPER_OUT
    assert result.words == "Printer is out of paper. The sale is saved. Load paper, then Print again."
    assert printer.wait_for(lambda p: p.kicks == 1), "change must be given, paper or not"
    assert [job.sale_id for job in lane.kept()] == ["s1"]
    printer.set_paper(None)
    again = lane.print_again(result.job_id)
    assert again.outcome is Outcome.PRINTED
    assert "COPY 1" not in " ".join(printer.papers[0].lines), "nothing had come out before"
    assert (printer.kicks, len(printer.papers), lane.kept()) == (1, 1, ())


@pytest.mark.parametrize("left", [1, 5, 12, 20])
def test_paper_that_ends_inside_a_receipt_is_noticed(
    printer: EmulatedPrinter, lane: PrinterLane, left: int
) -> None:
    assert lane.print_now(PrintJob(receipt())).confirmed
    printer.set_paper(left)
    result = lane.print_now(PrintJob(receipt(), sale_id="s2"))
    assert (result.outcome, result.may_be_finished) == (Outcome.PAPER_OUT, False)
    printer.set_paper(None)
    assert lane.print_again(result.job_id).confirmed
    assert len(printer.papers) == 2
    assert printer.papers[0].lines == printer.papers[1].lines, "the rest of the first never comes out"


def test_an_open_cover_is_said(printer: EmulatedPrinter, lane: PrinterLane) -> None:
    printer.set_cover(is_open=True)
    assert lane.status().words == "The printer's cover is open. Close it."
    result = lane.print_now(PrintJob(receipt()))
    assert (result.outcome, result.kept) == (Outcome.COVER_OPEN, True)


def test_status_in_words(printer: EmulatedPrinter, lane: PrinterLane) -> None:
    assert lane.status().words == "Printer is ready."
    printer.set_paper(0)
    assert lane.status().words == "Printer is out of paper. Load paper."
    printer.set_mute(True)
    with hurried(lane):
        assert not lane.status().answers
    printer.close()
    assert lane.status().words == "Can't reach the printer. Check its power and cable."


def test_a_printer_that_never_answers_prints_but_is_not_believed(
    printer: EmulatedPrinter, lane: PrinterLane
) -> None:
    printer.set_mute(True)
    with hurried(lane):
        result = lane.print_now(PrintJob(receipt()))
    assert (result.outcome, result.confirmed) == (Outcome.PRINTED, False)
    assert result.words == "Sent to the printer, which does not answer. Look at the paper."
    assert printer.wait_for(lambda p: len(p.papers) == 1)


def test_an_unplugged_printer_keeps_the_job(printer: EmulatedPrinter, lane: PrinterLane) -> None:
    printer.close()
    result = lane.print_now(PrintJob(receipt(), sale_id="s1", kick=True))
    assert (result.outcome, result.sent) == (Outcome.UNREACHABLE, 0)
    assert "The sale is saved" in result.words
    assert lane.kept()[0].kick, "the drawer did not open yet"
    assert "use its key" in lane.kick_drawer().words


def test_a_printer_known_to_answer_that_falls_silent_has_stalled(
    printer: EmulatedPrinter, lane: PrinterLane
) -> None:
    assert lane.print_now(PrintJob(receipt())).confirmed
    printer.set_stalled(True)
    with hurried(lane):
        result = lane.print_now(PrintJob(receipt(), sale_id="s2"))
    assert (result.outcome, result.sent, result.kept) == (Outcome.STALLED, 0, True)


def _number(paper: PrintedPaper) -> str:
    (number,) = (text.split()[0] for text in paper.lines if text.startswith("S1-"))
    return number


def _timed(lane: PrinterLane, job: PrintJob) -> tuple[PrintResult, float]:
    start = time.monotonic()
    with hurried(lane):
        result = lane.print_now(job)
    return result, time.monotonic() - start


def test_a_printer_that_takes_nothing_more_is_given_up_in_time(
    printer: EmulatedPrinter, lane: PrinterLane
) -> None:
    printer.set_stalled(True)
    result, took = _timed(lane, PrintJob(long_receipt(), sale_id="s1"))
    assert result.outcome is Outcome.PARTIAL
    assert 0 < result.sent < result.of
    assert took < SOON, "the till waits for nobody"
    assert not result.may_be_finished
    printer.set_stalled(False)
    again = lane.print_again(result.job_id)
    assert again.confirmed
    whole = [paper for paper in printer.papers if len(paper.lines) > 900]
    assert len(whole) == 1


@pytest.mark.parametrize("taken", [0, 8, 9, 10, 400, JOB - 1, JOB])
def test_stalled_at_any_byte_keeps_the_job(printer: EmulatedPrinter, lane: PrinterLane, taken: int) -> None:
    assert lane.print_now(PrintJob(receipt())).confirmed
    printer.stall_after(taken)
    result, took = _timed(lane, PrintJob(receipt(), sale_id="s2"))
    assert result.outcome in (Outcome.STALLED, Outcome.PARTIAL)
    assert took < SOON
    assert [job.sale_id for job in lane.kept()] == ["s2"]
    printer.set_stalled(False)
    assert lane.print_again(result.job_id).confirmed
    assert lane.kept() == ()


@pytest.mark.parametrize("taken", [*range(14), *range(14, JOB, 61), JOB - 1, JOB])
def test_unplugged_at_any_byte_keeps_the_job_and_prints_it_whole(
    printer: EmulatedPrinter, lane: PrinterLane, taken: int
) -> None:
    printer.cut_line_after(taken)
    result = lane.print_now(PrintJob(receipt(), sale_id="s1"))
    assert result.outcome in (Outcome.UNREACHABLE, Outcome.PARTIAL), result
    assert [job.sale_id for job in lane.kept()] == ["s1"]
    assert lane.print_again(result.job_id).confirmed
    finished = [paper for paper in printer.papers if paper.lines[-1].strip().startswith("Head")]
    originals = [p for p in finished if not any("COPY" in text for text in p.lines)]
    assert len(originals) <= 1, "two originals in customers' hands"
    assert finished
    assert lane.kept() == ()


def test_a_job_that_waited_too_long_is_not_printed_by_itself(printer: EmulatedPrinter) -> None:
    now = [1000.0]
    lane = PrinterLane(transport(printer.address), profile("80mm"), seconds=PATIENCE, clock=lambda: now[0])
    job = PrintJob(receipt(), sale_id="s1", made=1000.0)
    now[0] = 1121.0
    result = lane.print_now(job)
    assert (result.outcome, result.kept) == (Outcome.EXPIRED, True)
    assert printer.received == b""
    assert lane.print_again(job.id).confirmed, "asked for by a person, it prints"
    lane.close()


def test_jobs_in_the_lane_s_own_thread_keep_their_order(printer: EmulatedPrinter, lane: PrinterLane) -> None:
    futures = [lane.submit(PrintJob(receipt(sale(no=n)), sale_id=str(n))) for n in range(1, 6)]
    assert [f.result(60).sale_id for f in futures] == ["1", "2", "3", "4", "5"]
    assert [_number(paper) for paper in printer.papers] == [f"S1-T2-1-00000{n}" for n in range(1, 6)]


def test_many_threads_never_mix_two_papers(printer: EmulatedPrinter, lane: PrinterLane) -> None:
    results: list[PrintResult] = []
    threads = [
        threading.Thread(target=lambda n=n: results.append(lane.print_now(PrintJob(receipt(sale(no=n))))))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert all(result.confirmed for result in results)
    assert len(printer.papers) == 8
    assert {_number(paper) for paper in printer.papers} == {f"S1-T2-1-00000{n}" for n in range(8)}
    others = {tuple(text for text in p.lines if not text.startswith("S1-")) for p in printer.papers}
    assert len(others) == 1


def test_no_printer_is_no_trouble() -> None:
    lane = PrinterLane(transport("none"), profile("80mm"))
    result = lane.print_now(PrintJob(receipt(), kick=True))
    assert (result.outcome, result.kept, lane.kept()) == (Outcome.NO_PRINTER, False, ())
    assert lane.kick_drawer().words == "No drawer is set up. Open it with its key."
    lane.close()


def test_nobody_wants_the_paper(printer: EmulatedPrinter, lane: PrinterLane) -> None:
    printer.set_paper(0)
    result = lane.print_now(PrintJob(receipt()))
    lane.forget(result.job_id)
    with pytest.raises(KeyError):
        lane.print_again(result.job_id)


def test_words_for_people_name_no_fault_codes() -> None:
    from pos_desktop.hardware.print_results import UNSURE, WORDS

    assert set(WORDS) == set(Outcome)
    for words in (*WORDS.values(), UNSURE):
        assert len(words) <= 100
        assert not any(w in words.lower() for w in ("error", "invalid", "failed", "!"))


@pytest.mark.parametrize(
    ("set_up", "chip", "words"),
    [
        (lambda peer: peer.set_paper(None), "", "Printer is ready."),
        (lambda peer: peer.set_paper_low(True), "Paper low", "Paper is running low. Have a roll ready."),
        (lambda peer: peer.set_paper(0), "No paper", "Printer is out of paper. Load paper."),
        (lambda peer: peer.set_cover(is_open=True), "Cover open", "The printer's cover is open. Close it."),
    ],
)
def test_the_printer_is_asked_and_answers_in_words(
    printer: EmulatedPrinter, lane: PrinterLane, set_up, chip: str, words: str
) -> None:
    set_up(printer)
    status = lane.status()
    assert (status.chip, status.words, status.drawer_high) == (chip, words, False)
    assert lane.kick_drawer().kicked
    assert printer.wait_for(lambda peer: peer.kicks == 1)
    assert lane.status().drawer_high is True


def test_each_paper_brings_the_printer_s_own_word_along(printer: EmulatedPrinter, lane: PrinterLane) -> None:
    printer.set_paper_low(True)
    result = lane.print_now(PrintJob(receipt(), sale_id="s1"))
    assert result.printed
    assert result.status is not None
    assert result.status.paper_low
    printer.close()
    gone = lane.print_now(PrintJob(receipt(), sale_id="s2"))
    assert gone.status is not None
    assert gone.status.chip == "No printer answer"
