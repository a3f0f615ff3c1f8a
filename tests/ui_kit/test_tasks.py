"""Work leaves the GUI thread and comes back to it, in order, and only to those who still live."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QWidget

from pos_desktop.errors import EnvironmentProblem, UserError, add_messages
from tests.patience import PATIENCE
from ui.messages import (
    CrashReport,
    CrashView,
    Messages,
    install_crash_handler,
    remove_crash_handler,
    report_of,
    text_for,
)
from ui.tasks import Command, Lane, Lanes, Query
from ui.widgets.surface import MessageBanner
from ui.widgets.text import record_text

add_messages({"test.paper": "Printer {printer} is out of paper. Load paper, then Print again."})


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    made = Lanes()
    yield made
    assert made.shutdown()


def test_the_work_runs_beside_and_the_answer_comes_home(lanes: Lanes) -> None:
    parent = QObject()
    seen: list[object] = []

    def answer(name: str) -> None:
        seen.extend([name, QThread.currentThread() is parent.thread()])

    lanes.run(Query(parent, lambda: threading.current_thread().name, answer))
    assert not lanes.idle
    assert lanes.wait_idle()
    assert seen == ["lane-lookup", True]


def test_commands_run_in_order_in_their_own_lane(lanes: Lanes) -> None:
    parent, order = QObject(), []
    for number in range(50):
        lanes.run(Command(parent, lambda n=number: n, order.append))
    assert lanes.wait_idle()
    assert order == list(range(50))


def test_watching_the_server_is_not_being_busy(lanes: Lanes, qtbot) -> None:
    """A question that waits for a server that is away keeps nothing from coming to rest."""
    parent, gate, done = QObject(), threading.Event(), []
    told: list[bool] = []
    lanes.idle_changed.connect(told.append)
    lanes.run(Command(parent, gate.wait, done.append, lane=Lane.WATCH))
    assert lanes.idle
    lanes.run(Query(parent, lambda: "price", done.append))
    assert lanes.wait_idle()
    assert (done, told[:2]) == (["price"], [False, True])
    gate.set()
    qtbot.waitUntil(lambda: done == ["price", True])


def test_a_stuck_look_up_delays_no_sale(lanes: Lanes, qtbot) -> None:
    parent, gate, done = QObject(), threading.Event(), []
    lanes.run(Query(parent, lambda: gate.wait(PATIENCE), lambda _: done.append("lookup")))
    with qtbot.waitSignal(lanes.idle_changed):
        lanes.run(Command(parent, lambda: None, lambda _: (done.append("sale"), gate.set())))
    assert done == ["sale", "lookup"]


def test_a_destroyed_parent_hears_nothing(lanes: Lanes, qtbot) -> None:
    root = QObject()
    child, heard, gate = QObject(root), [], threading.Event()
    lanes.run(Query(child, lambda: gate.wait(PATIENCE), heard.append))
    child.deleteLater()
    with qtbot.waitSignal(child.destroyed):
        pass
    gate.set()
    assert lanes.wait_idle()
    assert heard == []


def test_failures_go_to_their_callback_or_to_the_shared_view(lanes: Lanes) -> None:
    parent, own, shared = QObject(), [], []
    lanes.failed.connect(shared.append)

    def refuse() -> None:
        raise UserError("test.paper", printer="1")

    lanes.run(Command(parent, refuse, failed=own.append))
    lanes.run(Command(parent, refuse))
    assert lanes.wait_idle()
    assert [type(e) for e in own] == [UserError]
    assert [str(e) for e in shared] == ["Printer 1 is out of paper. Load paper, then Print again."]


def test_only_the_newest_search_answers_and_stale_ones_are_not_even_run(lanes: Lanes) -> None:
    parent, began, gate, ran, heard = QObject(), threading.Event(), threading.Event(), [], []

    def search(word: str) -> str:
        ran.append(word)
        began.set()
        if word == "m":
            gate.wait(PATIENCE)
        return word

    def type_word(word: str) -> None:
        lanes.run(Query(parent, lambda: search(word), heard.append, replaces="search"))

    type_word("m")
    assert began.wait(PATIENCE)
    for word in ("mi", "mil", "milk"):
        type_word(word)
    gate.set()
    assert lanes.wait_idle()
    assert heard == ["milk"]
    assert ran == ["m", "milk"]


def test_idle_stays_false_while_an_answer_starts_more_work(lanes: Lanes) -> None:
    parent, changes = QObject(), []
    lanes.idle_changed.connect(changes.append)
    lanes.run(Query(parent, lambda: 1, lambda _: lanes.run(Query(parent, lambda: 2))))
    assert lanes.wait_idle()
    assert changes == [False, True]


def test_a_write_cannot_be_replaced() -> None:
    with pytest.raises(ValueError):
        Command(QObject(), lambda: None, replaces="x")


def test_the_lanes_refuse_other_threads(lanes: Lanes) -> None:
    caught: list[Exception] = []

    def misuse() -> None:
        try:
            lanes.run(Query(lanes, lambda: None))
        except RuntimeError as problem:
            caught.append(problem)

    thread = threading.Thread(target=misuse)
    thread.start()
    thread.join()
    assert len(caught) == 1


def test_shutdown_drops_later_work() -> None:
    lanes, ran = Lanes(), []
    assert lanes.shutdown()
    lanes.run(Query(lanes, lambda: ran.append(1)))
    assert lanes.idle
    assert ran == []


def test_environment_trouble_offers_another_try(qtbot) -> None:
    banner, messages, tried = MessageBanner(), Messages(), []
    qtbot.addWidget(banner)
    messages.set_banner(banner)
    messages.report(EnvironmentProblem("test.paper", printer="1"), retry=lambda: tried.append(1))
    assert banner.text() == "Printer 1 is out of paper. Load paper, then Print again."
    assert banner.kind == "warn"
    again = next(key for key in banner.action_keys())
    again.click()
    assert tried == [1]


@pytest.mark.expects_log
def test_a_bug_is_logged_with_a_steady_reference(qtbot, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise ZeroDivisionError("secret detail")

    def caught() -> ZeroDivisionError:
        try:
            fail()
        except ZeroDivisionError as error:
            return error
        raise AssertionError

    first, second = caught(), caught()
    assert report_of(first).reference == report_of(second).reference
    assert "secret" not in text_for(first)
    messages = Messages()
    with caplog.at_level(logging.CRITICAL), qtbot.waitSignal(messages.crashed) as crash:
        messages.report(first)
    assert crash.args[0].reference in caplog.text
    assert "ZeroDivisionError" in caplog.text
    caplog.clear()


def test_trouble_from_another_thread_arrives_on_the_gui_thread(qtbot) -> None:
    messages, threads = Messages(), []
    messages.shown.connect(lambda _: threads.append(QThread.currentThread() is messages.thread()))
    with qtbot.waitSignal(messages.shown):
        worker = threading.Thread(target=lambda: messages.report(UserError("test.paper", printer="2")))
        worker.start()
    worker.join()
    assert threads == [True]


def test_nobody_caught_it_still_reaches_the_crash_view(qtbot) -> None:
    reports: list[CrashReport] = []
    hooks = sys.excepthook, threading.excepthook
    install_crash_handler(reports.append)
    try:
        with pytest.raises(RuntimeError):
            install_crash_handler(reports.append)
        sys.excepthook(ValueError, ValueError("in a slot"), None)
        thread = threading.Thread(target=lambda: {}[1])
        thread.start()
        thread.join()
    finally:
        remove_crash_handler()
        sys.excepthook, threading.excepthook = hooks
    assert [report.summary.split(":")[0] for report in reports] == ["ValueError", "KeyError"]
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(900, 600)
    host.show()
    view = CrashView(host, reports[1])
    view.open()
    with record_text() as log:
        host.grab()
    assert f"Reference for support: {reports[1].reference}" in log.texts
    with qtbot.waitSignal(view.go_on):
        view.go_on_key.click()
    assert view.isHidden()
