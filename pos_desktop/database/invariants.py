"""What must hold after any schedule of sales, faults and restores: each query returns no row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from pos_desktop.database.till import Connection


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that does not hold: its name, how many rows say so (at most 100), the first of them."""

    name: str
    rows: int
    first: str


# Lines of the documents that are in the summaries already; the rest is added by the keeper's next turn.
_ROLLED_UP: LiteralString = (
    " l.store_id, count(*) as lines, sum(l.qty) as qty,"
    " sum(l.amount - l.given - l.discount) as amount,"
    " sum(coalesce(l.cost, 0) * l.qty) as cost from pos.rolled_up r join pos.document d"
    " on d.till_id = r.till_id and d.epoch = r.epoch and d.no <= r.no"
    " join pos.sale s on s.document_id = d.id join pos.sale_line l on l.document_id = s.document_id"
    " join pos.store o on o.id = l.store_id group by 1, 2, 3, l.store_id"
)
_SAME: LiteralString = (
    " where (k.lines, k.qty, k.amount, k.cost) is distinct from (l.lines, l.qty, l.amount, l.cost)"
)

INVARIANTS: dict[str, LiteralString] = {
    "numbers_gapless": (
        "select till_id, epoch, min(no), max(no), count(*) from pos.document group by till_id, epoch"
        " having min(no) <> 1 or max(no) <> count(*)"
    ),
    "till_counts_its_documents": (
        "select t.login, t.next_no from pos.till t where t.next_no - 1 <>"
        " (select count(*) from pos.document d"
        " where d.store_id = t.store_id and d.till_id = t.id and d.epoch = t.epoch)"
    ),
    "till_knows_its_head": (
        "select t.login from pos.till t join pos.document d on d.store_id = t.store_id and d.till_id = t.id"
        " and d.epoch = t.epoch and d.no = t.next_no - 1 where d.hash <> t.head"
    ),
    "till_knows_its_grand": (
        "select t.login, t.grand from pos.till t where t.grand <> (select coalesce(sum(s.total), 0)"
        " from pos.document d join pos.sale s on s.document_id = d.id"
        " where d.till_id = t.id and d.epoch = t.epoch)"
    ),
    "till_knows_its_z": (
        "select t.login, t.z_next from pos.till t where t.z_next <>"
        " (select coalesce(max(h.z), 0) + 1 from pos.shift h where h.till_id = t.id)"
    ),
    "chain_links": (
        "select id, no from (select d.id, d.no, d.prev, lag(d.hash, 1, sha256(convert_to(format("
        "'pos_desktop/1 store %s till %s epoch %s', s.number, t.number, d.epoch), 'UTF8')))"
        " over (partition by d.till_id, d.epoch order by d.no) as expected"
        " from pos.document d join pos.till t on t.id = d.till_id join pos.store s on s.id = d.store_id) x"
        " where prev <> expected"
    ),
    "hash_recomputes": (
        "select id, no from pos.document where hash <> sha256(prev || convert_to(body, 'UTF8'))"
    ),
    "approval_spent_on_what_names_it": (
        "select x.id, x.document_id from pos.approval x join pos.document d on d.id = x.document_id"
        " where d.outcome = 'refused' or not exists (select from jsonb_array_elements("
        " d.body::jsonb->'approvals') a where a->>'id' = x.id::text and (a->>'by')::int = x.staff"
        " and a->>'what' = x.what)"
    ),
    "sale_has_booked_document": (
        "select s.document_id from pos.sale s join pos.document d on d.id = s.document_id"
        " where d.outcome = 'refused' or d.kind not in ('sale', 'refund') or d.store_id <> s.store_id"
        " or d.till_id <> s.till_id"
    ),
    "booked_sale_has_row": (
        "select d.id from pos.document d left join pos.sale s on s.document_id = d.id"
        " where d.kind in ('sale', 'refund') and d.outcome <> 'refused' and s.document_id is null"
    ),
    "sale_adds_up": (
        "select s.document_id, s.total from pos.sale s"
        " cross join lateral (select sum(amount) as tax"
        " from pos.sale_tax x where x.document_id = s.document_id) x"
        " cross join lateral (select coalesce(sum(p.amount), 0) as paid from pos.payment p"
        " where p.document_id = s.document_id) p"
        " where (s.tax, s.total + s.rounding) is distinct from (x.tax, p.paid)"
    ),
    "tax_recomputes": (
        "select x.document_id, x.tax from pos.sale_tax x join pos.sale s on s.document_id = x.document_id"
        " join pos.document d on d.id = x.document_id and not pos.worked_taxes(d.body)"
        " join pos.store o on o.id = s.store_id cross join lateral (select"
        " sum(l.amount - l.given - l.discount) as amount"
        " from pos.sale_line l where l.document_id = x.document_id and l.tax = x.tax) l"
        " where l.amount is null or x.amount <> case o.tax_mode"
        " when 'included' then pos.round_div(l.amount * x.rate, 1000000 + x.rate)"
        " else pos.round_div(l.amount * x.rate, 1000000) end"
        " or l.amount <> case o.tax_mode when 'included' then x.gross else x.net end"
        " union all select s.document_id, w.sums->>'gross' from pos.sale s"
        " join pos.store o on o.id = s.store_id"
        " join pos.document d on d.id = s.document_id and pos.worked_taxes(d.body)"
        " cross join lateral (select d.body::jsonb as f) b"
        " cross join lateral (select pos.tax_sale(pos.line_taxes(b.f), o.tax_mode,"
        " coalesce(b.f->>'tax_method', 'by_rate'), array(select jsonb_array_elements_text("
        "b.f->'exempt'->'codes'))) as sums) w"
        " where w.sums->'taxes' <> b.f->'taxes' or (w.sums->>'gross')::bigint <> s.total"
    ),
    "refunds_within_sold": (
        "select b.of_document, b.of_line, b.qty from (select r.of_document, r.of_line, sum(r.qty) as qty,"
        " sum(r.amount) as amount from pos.returned r join pos.document d on d.id = r.document_id"
        " where r.of_document is not null and not 'refilled' = any (d.flags) group by 1, 2) b"
        " left join pos.sale_line l on l.document_id = b.of_document and l.n = b.of_line"
        " where l.n is null or b.qty > l.qty or b.amount > l.amount - l.given - l.discount"
    ),
    "given_back_within_paid": (
        "select b.of_document, b.kind, b.amount from (select x.of_document, p.kind, -sum(p.amount) as amount"
        " from pos.paid_back x join pos.payment p using (document_id, n)"
        " join pos.document d on d.id = x.document_id where not d.flags && '{refilled,refund_tender}'"
        " group by 1, 2) b where b.amount > coalesce((select sum(p.amount) from pos.payment p"
        " where p.document_id = b.of_document and p.kind = b.kind and p.amount > 0), 0)"
    ),
    "account_is_its_entries": (
        "select a.id, a.balance from pos.account a where a.balance <>"
        " (select coalesce(sum(e.amount), 0) from pos.account_entry e where e.account_id = a.id)"
    ),
    "account_runs_on": (
        "select id, account_id from (select id, account_id, balance,"
        " sum(amount) over (partition by account_id order by id) as expected from pos.account_entry) x"
        " where balance <> expected"
    ),
    "points_are_their_entries": (
        "select u.customer, u.points from pos.customer_purse u where u.points <>"
        " (select coalesce(sum(e.earned - e.spent), 0) from pos.point_entry e where e.customer = u.customer)"
    ),
    "points_run_on": (
        "select id, customer from (select id, customer, balance,"
        " sum(earned - spent) over (partition by customer order by id) as expected from pos.point_entry) x"
        " where balance <> expected"
    ),
    "account_above_its_floor": (
        "select a.id, a.balance, a.floor from pos.account a where a.balance < a.floor and a.kind <> 'account'"
        " and not exists"
        " (select from pos.account_entry e join pos.document d on d.id = e.document_id"
        " where e.account_id = a.id and d.flags && '{account_short,account_over,no_account}')"
    ),
    "payment_codes_count_once": (
        "select p.document_id, p.n from pos.payment p join pos.document d on d.id = p.document_id"
        " where p.kind = 'mobile' and p.amount > 0 and not 'ref_used' = any (d.flags) and not exists"
        " (select from pos.payment_reference r where (r.kind, r.ref, r.document_id) ="
        " (p.kind, p.ref, p.document_id))"
    ),
    "stock_is_its_movements": (
        "select k.store_id, k.item_id, k.on_hand from pos.stock k where k.on_hand <>"
        " coalesce((select sum(m.delta) from pos.movement m"
        " where m.store_id = k.store_id and m.item_id = k.item_id), 0)"
    ),
    "balance_runs_on": (
        "select id from (select id, balance,"
        " sum(delta) over (partition by store_id, item_id order by id) as expected"
        " from pos.movement) x where balance <> expected"
    ),
    "sold_goods_moved_once": (
        "select coalesce(l.document_id, m.document_id), coalesce(l.item_id, m.item_id) from"
        " (select l.document_id, coalesce(c.item_id, l.item_id) as item_id,"
        " sum(l.qty * coalesce(c.pack, 1)) as qty from pos.sale_line l"
        " left join pos.case_line c on (c.document_id, c.n) = (l.document_id, l.n) where not exists (select"
        " from pos.returned r where (r.document_id, r.n) = (l.document_id, l.n) and r.waste)"
        " group by 1, 2) l full join"
        " (select document_id, item_id, sum(delta) as delta, count(*) as n from pos.movement"
        " where document_id is not null group by 1, 2) m using (document_id, item_id)"
        " where coalesce(l.qty, 0) <> -coalesce(m.delta, 0) or m.n <> 1"
    ),
    "no_unflagged_oversell": (
        "select d.id, m.item_id from pos.movement m join pos.document d on d.id = m.document_id"
        " join pos.item i on i.id = m.item_id and not i.open_price and not i.returnable"
        " where m.balance < 0 and m.delta < 0 and m.reason in ('sale', 'refund')"
        " and not 'oversell' = any (d.flags)"
    ),
    "outcome_has_its_reason": (
        "select d.id, d.outcome from pos.document d where d.outcome <> case when d.reason is not null"
        " then 'refused' when d.flags = '{}' then 'booked' else 'flagged' end"
    ),
    "flagged_means_told": (
        "select d.id, d.no from pos.document d left join (select document_id, array_agg(kind order by kind)"
        " as kinds from pos.flag where detail ? 'outcome' group by document_id) f on f.document_id = d.id"
        " where coalesce(f.kinds, '{}') <> case d.outcome when 'refused' then array['refused_' || d.reason]"
        " else (select coalesce(array_agg(x order by x), '{}') from unnest(d.flags) x) end"
    ),
    "stock_row_for_every_item": (
        "select s.id, i.id from pos.store s cross join pos.item i left join pos.stock k"
        " on k.store_id = s.id and k.item_id = i.id where k.item_id is null"
    ),
    "lines_name_items": (
        "select l.document_id, l.n from pos.sale_line l join pos.document d on d.id = l.document_id"
        " left join pos.item i on i.id = l.item_id"
        " left join pos.category c on c.id = l.category_id left join pos.price p on p.id = l.price_version"
        " left join pos.special_price x on x.id = l.price_version"
        " where i.id is null or c.id is null"
        " or (l.price_version > 0 and coalesce(p.item_id, x.item_id) is distinct from l.item_id"
        " and not 'price' = any (d.flags) and not exists (select from pos.returned r"  # as it was sold
        " where (r.document_id, r.n) = (l.document_id, l.n) and r.of_document is not null))"
    ),
    "effect_in_one_shift": (
        "select d.id from pos.document d left join pos.shift h on h.id = d.shift_id and h.till_id = d.till_id"
        " where d.outcome <> 'refused' and h.id is null"
    ),
    "nothing_after_the_z": (
        "select d.id from pos.document d join pos.shift h on h.id = d.shift_id"
        " join pos.document z on z.id = h.close_document"
        " where d.outcome <> 'refused' and (d.epoch, d.no) > (z.epoch, z.no)"
    ),
    "z_equals_ledger": (
        "select h.id, h.z from pos.shift h join pos.till t on t.id = h.till_id where h.closed_at is not null"
        " and (h.figures - array['grand', 'last_no', 'refused'] is distinct from"
        " pos.shift_figures(h, t) - array['grand', 'last_no', 'refused']"
        " or h.expected <> (h.figures->>'expected_cash')::bigint)"
    ),
    "z_gapless": (
        "select till_id, max(z), count(*) from pos.shift where z is not null group by till_id"
        " having min(z) <> 1 or max(z) <> count(*)"
    ),
    "hour_category_is_its_lines": (
        "select store_id, business_date, hour, category_id from pos.hour_category k full join (select"
        " s.business_date, extract(hour from s.sold_at at time zone o.time_zone)::smallint as hour,"
        " l.category_id," + _ROLLED_UP + ") l using (store_id, business_date, hour, category_id)" + _SAME
    ),
    "month_product_is_its_lines": (
        "select store_id, month, item_id from pos.month_product k full join (select"
        " date_trunc('month', s.business_date)::date as month, l.item_id, 0,"
        + _ROLLED_UP
        + ") l using (store_id, month, item_id)"
        + _SAME
    ),
    "constraints_validated": (
        "select conname from pg_constraint where connamespace = 'pos'::regnamespace and not convalidated"
    ),
    "tables_closed_to_tills": (
        "select c.relname, a.grantee::regrole from pg_class c cross join lateral aclexplode(c.relacl) a"
        " where c.relnamespace = 'pos'::regnamespace and (a.grantee = 0"
        " or a.grantee in ('pos_till'::regrole, 'pos_manager'::regrole))"
    ),
    "guards_stand": (
        "select g.on_table, g.name from (select unnest(array['sale', 'sale_line', 'sale_tax', 'payment',"
        " 'cash_movement', 'event', 'movement', 'price', 'audit', 'change', 'coupon_use', 'returned',"
        " 'account_entry', 'payment_reference', 'point_entry', 'account_payment', 'customer_lookup',"
        " 'paid_back', 'refund_look', 'case_line', 'deposit_line']),"
        " 'only_grows' union all"
        " select unnest(array['document', 'shift', 'item', 'stock', 'flag', 'till', 'store', 'staff',"
        " 'account', 'customer', 'customer_purse']),"
        " 'never_deleted' union all select 'document', unnest(array['complete_document', 'force_durable'])"
        " union all select 'shift', 'close_shift_once') g(on_table, name)"
        " where not exists (select from pg_trigger t where t.tgrelid = ('pos.' || g.on_table)::regclass"
        " and t.tgname = g.name and t.tgenabled in ('O', 'A')) union all"
        " select tgrelid::regclass::text, tgname from pg_trigger where not tgisinternal and tgenabled = 'D'"
        " and tgrelid in (select oid from pg_class where relnamespace = 'pos'::regnamespace)"
    ),
}


def broken_invariants(connection: Connection) -> list[Broken]:
    """Every invariant that does not hold now, in the order of :data:`INVARIANTS`."""
    found = []
    for name, query in INVARIANTS.items():
        rows = connection.execute(query).fetchmany(100)
        if rows:
            found.append(Broken(name, len(rows), ", ".join(str(value) for value in rows[0])))
    return found
