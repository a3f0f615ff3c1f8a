"""The summaries: every line once, whatever commits when; verify compares them with the lines."""

from __future__ import annotations

import threading
from random import Random

from pos_desktop.database.invariants import broken_invariants
from pos_desktop.database.keeper import ROLL_UP_DOCUMENTS, KeeperLink, open_keeper
from pos_desktop.database.verify import verify
from tests.database.conftest import World
from tests.database.racing import at_once, beside, wait_until_blocked
from tests.database.shop import BANANAS, BREAD, MILK, TillClient, line
from tests.keeper.watching import Kept

RULES = ("hour_category_is_its_lines", "month_product_is_its_lines")


def sell(till: TillClient, *items: int, qty: int = 1000) -> None:
    lines = [line(till.shop.items[item], qty, n) for n, item in enumerate(items, 1)]
    assert till.post(till.sale(lines)).outcome in ("booked", "flagged")


def lines_in(world: World, table: str) -> int:
    return int(world.one(f"select coalesce(sum(lines), 0) from pos.{table}"))


def catch_up(link: KeeperLink) -> int:
    total = 0
    while added := link.roll_up():
        total += added
    return total


def test_every_line_is_added_once(world: World, kept: Kept) -> None:
    first, second = world.till(1), world.till(2)
    sell(first, MILK, BREAD)
    sell(second, MILK, qty=3000)
    with open_keeper(kept.post.dsn) as link:
        assert catch_up(link) == 4
        sell(first, BANANAS, MILK)
        assert catch_up(link) == 1
        assert catch_up(link) == 0
    assert world.query("select lines, qty, amount from pos.month_product where item_id = %s", MILK) == [
        (3, 5, 825)
    ]
    assert lines_in(world, "hour_category") == 5
    assert verify(world.owner).findings == ()


def test_a_sale_that_commits_late_is_not_missed(world: World, kept: Kept) -> None:
    """Ids and times given out earlier, visible later: what a watermark by id or time loses."""
    late, prompt = world.till(1), world.till(2)
    late.connection.execute("begin")
    sell(late, MILK)
    sell(prompt, BREAD)
    with open_keeper(kept.post.dsn) as link:
        assert catch_up(link) == 3
        assert lines_in(world, "month_product") == 1
        late.connection.execute("commit")
        assert catch_up(link) == 1
    assert lines_in(world, "month_product") == 2
    assert broken_invariants(world.owner) == []


def test_adding_up_waits_for_no_sale_and_no_sale_for_it(world: World, kept: Kept) -> None:
    till = world.till(1)
    with open_keeper(kept.post.dsn) as link:
        till.connection.execute("begin")
        sell(till, MILK)
        catch_up(link)
        till.connection.execute("commit")
        link.run(lambda connection: connection.execute("begin"))
        catch_up(link)
        till.connection.execute("set lock_timeout = '1s'")
        sell(till, MILK)
        link.run(lambda connection: connection.execute("commit"))
        catch_up(link)
    assert lines_in(world, "hour_category") == 2


def test_two_at_once_add_nothing_twice(world: World, kept: Kept) -> None:
    till = world.till(1)
    for _ in range(5):
        sell(till, MILK, BREAD)
    with open_keeper(kept.post.dsn) as one, open_keeper(kept.post.dsn) as two:
        one.run(lambda connection: connection.execute("begin"))
        assert one.roll_up() == 6
        pid = two.run(lambda connection: connection.info.backend_pid)
        future, pool = beside(two.roll_up)
        wait_until_blocked(world.owner, pid)
        one.run(lambda connection: connection.execute("commit"))
        assert future.result(60) == 0
        pool.shutdown()
    assert lines_in(world, "month_product") == 10
    assert broken_invariants(world.owner) == []


def test_random_sales_beside_a_keeper_at_work(world: World, kept: Kept) -> None:
    """Seeded baskets at two tills, the keeper in between; at the end the sums are those of the lines."""
    tills = [world.till(1), world.till(2)]
    stop = threading.Event()
    keeper, pool = beside(lambda: kept.keeper(guard=0.01, minute=0.01).run(stop))

    def trade(till: TillClient) -> None:
        dice = Random(till.number)
        for _ in range(40):
            sell(
                till, *dice.sample((MILK, BREAD, BANANAS), dice.randint(1, 3)), qty=dice.randint(1, 9) * 1000
            )

    at_once([lambda till=till: trade(till) for till in tills])  # type: ignore[misc]
    stop.set()
    keeper.result(60)
    pool.shutdown()
    kept.round()
    assert lines_in(world, "hour_category") == world.one("select count(*) from pos.sale_line")
    assert broken_invariants(world.owner) == []


def test_a_shop_with_history_catches_up_in_portions(world: World, kept: Kept) -> None:
    till = world.till(1)
    for _ in range(9):
        sell(till, MILK)
    with open_keeper(kept.post.dsn) as link:
        portion = "select api.keeper_roll_up(4)"
        added = [link.run(lambda c: c.execute(portion).fetchone()) for _ in range(4)]
    assert added == [(4,), (4,), (2,), (0,)]
    assert lines_in(world, "month_product") == 9
    assert ROLL_UP_DOCUMENTS > 4


def test_a_new_epoch_is_added_too(world: World, kept: Kept) -> None:
    sell(world.till(1), MILK)
    world.owner.execute(
        "update pos.till set epoch = 2, next_no = 1, grand = 0, head = sha256(convert_to("
        "'pos_desktop/1 store 1 till 1 epoch 2', 'UTF8')) where store_id = 1 and number = 1"
    )
    till = TillClient(world.shop, world.connect(1), 1)
    till.epoch = 2
    till.head = bytes(world.one("select head from pos.till where store_id = 1 and number = 1"))
    till.shift = str(world.one("select id from pos.shift where closed_at is null"))
    sell(till, BREAD)
    kept.round()
    assert lines_in(world, "month_product") == 2
    assert verify(world.owner).findings == ()


def test_verify_finds_summaries_that_are_off(world: World, kept: Kept) -> None:
    sell(world.till(1), MILK)
    for deed in (
        "update pos.{} set amount = amount + 1",
        "update pos.{} set lines = lines + 1, qty = qty + 1",
        "delete from pos.{}",
        "update pos.rolled_up set no = no - 1 where no > 1",
    ):
        for table, rule in zip(("hour_category", "month_product"), RULES, strict=True):
            world.owner.execute("truncate pos.hour_category, pos.month_product, pos.rolled_up")
            kept.round()
            assert broken_invariants(world.owner) == []
            world.owner.execute(deed.format(table).encode())
            assert rule in {broken.name for broken in broken_invariants(world.owner)}, deed


def test_thrown_away_they_are_made_again(world: World, kept: Kept) -> None:
    sell(world.till(1), MILK, BREAD)
    kept.round()
    world.owner.execute("truncate pos.hour_category, pos.month_product, pos.rolled_up")
    kept.round()
    assert lines_in(world, "hour_category") == 2
    assert broken_invariants(world.owner) == []
