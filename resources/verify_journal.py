"""Checks an exported journal of pos_desktop, with nothing but Python 3.8 or newer and this file.

    python verify_journal.py journal.jsonl
    python verify_journal.py journal.jsonl --anchors anchors.jsonl

It recomputes every hash, number, sum, tax, grand total and Z, prints where each till's chain stands, and
names the first wrong line. Exit code 0: all in order; 1: a line is wrong; 2: a file cannot be read.

The form of an export. Each line is a JSON object: keys sorted, no spaces, UTF-8, ended by one newline.
  first line   kind "journal_export", v 1, source, at, and what was selected (store, till, epoch, from, to)
  documents    kind "document": store, till, epoch, no, hash, outcome, reason, flags, server_at, and body: the
               document's own bytes as text, exactly as the till wrote them; by store, till, epoch and number.
               shift only where a late document was booked into another shift than it names
  last line    kind "end": how many documents, and for each chain its first and last number, head, sales,
               total and grand total (whole minor units, such as pence)
Every line has a seal: sha256(seal of the line before || the line without its seal); the first follows
sha256("pos_desktop export 1"). Seals find damage to the file, but anybody can make them. What nobody can
change unseen is the chain: hash = sha256(hash of the document before || body), beginning with
sha256("pos_desktop/1 store S till T epoch E"). Its last hash, the head, stands on each receipt and Z.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

LONGEST = 16 * 1024 * 1024
CHAIN = ("store", "till", "epoch")
OUTCOMES = ("booked", "flagged", "refused", "pending")
SALES = ("sale", "refund")
COUNTED = ("sales", "sales_total", "refunds", "refunds_total", "rounding")


class WrongError(Exception):
    """Why a line is not as it was written."""


def need(true: bool, why: str) -> None:
    if not true:
        raise WrongError(why)


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def half_up(numerator: int, denominator: int) -> int:
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return whole if numerator >= 0 else -whole


class Chain:
    """One till's epoch: where it stands, and what it sold."""

    def __init__(self, line: dict[str, Any]) -> None:
        self.key = tuple(line[name] for name in CHAIN)
        self.first, self.no = line["no"], line["no"] - 1
        begun = self.first == 1
        store, till, epoch = self.key
        self.head = sha(f"pos_desktop/1 store {store} till {till} epoch {epoch}".encode()) if begun else None
        self.grand = 0 if begun else None
        self.documents = self.sales = self.total = 0

    def summary(self) -> dict[str, Any]:
        head = self.head.hex() if self.head else ""
        told = dict(zip(CHAIN, self.key), first=self.first, last=self.no, head=head)  # noqa: B905
        return dict(told, documents=self.documents, sales=self.sales, total=self.total, grand=self.grand or 0)

    def take(self, line: dict[str, Any], shifts: dict[Any, Any]) -> None:
        """Follow the chain by one document."""
        need(line["no"] == self.no + 1, f"has number {line['no']} after {self.no}")
        need(line["outcome"] in OUTCOMES, "has an outcome nobody knows")
        body, digest, refused = (
            line["body"].encode(),
            bytes.fromhex(line["hash"]),
            line["outcome"] == "refused",
        )
        try:
            fields = json.loads(body)
            prev: bytes | None = bytes.fromhex(fields["prev"])
        except (ValueError, KeyError, TypeError, RecursionError):
            need(refused, "holds no document")  # chained nonsense is kept, numbered and without effect
            fields, prev = {}, self.head
        need(self.head is None or prev == self.head, "does not follow the document before it")
        need(prev is None or digest == sha(prev, body), "has bytes that do not have its hash")
        self.no, self.head, self.documents = line["no"], digest, self.documents + 1
        if not refused:
            need(canonical(fields) == body, "holds bytes in another form than a till writes")
            need(all(fields[n] == line[n] for n in (*CHAIN, "no")), "names another till than its document")
            self.count(fields)
            if "late_shift" in line["flags"] and "shift" not in line:
                shifts.clear()  # a till does not know where the server put it: the next Z cannot be added up
            count_shift({**fields, "shift": line.get("shift", fields["shift"])}, shifts)

    def count(self, fields: dict[str, Any]) -> None:
        turnover = 0
        if fields["kind"] in SALES:
            check_sale(fields)
            turnover = fields["total"]
            self.sales, self.total = self.sales + 1, self.total + turnover
        expected = fields["grand"] if self.grand is None else self.grand + turnover
        need(fields["grand"] == expected, f"has grand total {fields['grand']}, it should be {expected}")
        self.grand = expected


def check_sale(fields: dict[str, Any]) -> None:
    """Lines, taxes, tenders and total of a sale or refund."""
    lines = []
    for line in fields["lines"]:
        right = line["amount"] == half_up(line["price"] * line["qty"], 1000)
        need(
            right or "label_price" in line["flags"] or "back" in line,
            "has a line that is not price times quantity",
        )
        off = sum(part["amount"] for key in ("given", "discounts") for part in line.get(key, ()))
        net = line.get("net", line["amount"])
        need(net == line["amount"] - off, "has a line that is not its amount less what was taken off")
        lines.append((taxes_of(line, fields["taxes"]), net))
    taxes, gross = work_out(lines, fields)
    told = {(row["code"], row["rate"]): (row["net"], row["tax"], row["gross"]) for row in fields["taxes"]}
    need(len(told) == len(fields["taxes"]), "has the same tax twice")
    need(all(taxes.get(key) == told[key] for key in told), "has a tax that is not that of its lines")
    need(taxes == told, "has lines without their tax")
    need(gross == fields["total"], "has lines that miss its total")
    paid = sum(tender["amount"] for tender in fields["tenders"])
    need(paid == fields["total"] + fields.get("rounding", 0), "has tenders that miss its total")


def taxes_of(line: dict[str, Any], rows: list[dict[str, Any]]) -> tuple[Any, ...]:
    """A line's taxes: code, rate in parts per million, whether it is due on those before."""
    if "taxes" in line:
        return tuple((tax["code"], tax["rate"], tax.get("on", 0)) for tax in line["taxes"])
    rates = [row["rate"] for row in rows if row["code"] == line["tax"]]
    need("rate" in line or rates, "has lines without their tax")
    return ((line["tax"], line["rate"] if "rate" in line else rates[0], 0),)


def work_out(lines: list[Any], fields: dict[str, Any]) -> tuple[dict[Any, Any], int]:
    """The taxes by code and rate, and what is to be paid: exact until the document's method rounds."""
    method, included = fields.get("tax_method", "by_rate"), fields["tax_mode"] == "included"
    need(method in ("by_line", "by_rate", "keep_gross"), "rounds tax by an unknown method")
    free = fields.get("exempt", {}).get("codes", ())
    if method != "by_line":  # all lines under the same taxes are one
        pooled: dict[Any, int] = {}
        for taxes, amount in lines:
            pooled[taxes] = pooled.get(taxes, 0) + amount
        lines = list(pooled.items())
    due: dict[Any, list[Any]] = {}
    paid = []
    for taxes, amount in lines:
        net, owed = parted(taxes, amount, included, free)
        paid.append(net + sum(owed.values()))
        for key, tax in owed.items():
            due.setdefault(key, []).append(
                (tax, net, paid[-1] if included else Fraction(amount), len(taxes) == 1)
            )
    keys = sorted(due)
    sums = by_method(method, [[part[0] for part in due[key]] for key in keys])
    found = {}
    for key, tax in zip(keys, sums):  # noqa: B905
        if all(alone for _, _, _, alone in due[key]):
            net = sum(rounded(whole) for _, _, whole, _ in due[key]) - (tax if included else 0)
        else:
            net = rounded(sum(part[1] for part in due[key]))
        found[key] = (net, tax, net + tax)
    amount = sum(amount for _, amount in lines)
    if not included:
        return found, amount + sum(sums)
    if not free:
        return found, amount
    return found, rounded(sum(paid)) if method == "keep_gross" else sum(map(rounded, paid))


def by_method(method: str, exact: list[list[Fraction]]) -> list[int]:
    """Each tax, of its exact parts, as the method rounds it."""
    if method == "by_line":
        return [sum(map(rounded, parts)) for parts in exact]
    sums = [sum(parts, Fraction(0)) for parts in exact]
    return fitted(sums) if method == "keep_gross" else list(map(rounded, sums))


def parted(taxes: Any, amount: int, included: bool, free: Any) -> tuple[Fraction, dict[Any, Fraction]]:
    """An amount's net and its taxes, exact; what is free stands at rate 0."""
    whole = Fraction(1)
    for _, rate, on in taxes:
        whole += Fraction(rate, 1000000) * (whole if on else 1)
    net = Fraction(amount) / whole if included else Fraction(amount)
    owed: dict[Any, Fraction] = {}
    for code, rate, on in taxes:
        base = net + sum(owed.values()) if on else net
        key = (code, 0) if code in free else (code, rate)
        owed[key] = owed.get(key, Fraction(0)) + (0 if code in free else base * rate / 1000000)
    return net, owed


def fitted(exact: list[Any]) -> list[int]:
    """Whole taxes that add up to their rounded sum: the largest remainders go away from zero first."""
    turned = [part for part in (sum(exact), *exact) if part]
    sign = -1 if turned and turned[0] < 0 else 1
    whole = [(sign * part).__floor__() for part in exact]
    missing = sign * rounded(sum(exact, Fraction(0))) - sum(whole)
    order = sorted(range(len(exact)), key=lambda n: whole[n] - sign * exact[n])
    return [sign * (part + (n in order[:missing])) for n, part in enumerate(whole)]


def rounded(exact: Any) -> int:
    exact = Fraction(exact)
    return half_up(exact.numerator, exact.denominator)


def count_shift(fields: dict[str, Any], shifts: dict[Any, Any]) -> None:
    """Add a document to its shift's figures; a Z must say what was added."""
    key = (fields["store"], fields["till"], fields["shift"])
    if fields["kind"] == "shift_open" or fields["shift"] == fields["id"]:
        cash = fields.get("float", 0)
        shifts[key] = {name: 0 for name in COUNTED}
        shifts[key].update({"cash": cash, "tenders": {}, "taxes": {}})
    shift = shifts.get(key)
    if shift is None:
        return  # opened before this export begins
    if fields["kind"] in SALES:
        name, way = ("sales", 1) if fields["kind"] == "sale" else ("refunds", -1)
        shift[name] += 1
        shift[f"{name}_total"] += way * fields["total"]
        shift["rounding"] += fields.get("rounding", 0)
        for row in fields["tenders"]:
            add(shift["tenders"], row["kind"], (0 if row.get("change") else 1, row["amount"]))
            shift["cash"] += row["amount"] if row["kind"] == "cash" else 0
        for row in fields["taxes"]:
            add(shift["taxes"], (row["code"], row["rate"]), (row["net"], row["tax"], row["gross"]))
    elif fields["kind"] == "cash":
        shift["cash"] += fields["amount"]
    elif fields["kind"] == "account_payment":
        shift["cash"] += fields["amount"] if fields["tender"]["kind"] == "cash" else 0
    elif fields["kind"] == "shift_close":
        check_z(fields, fields["figures"], shifts.pop(key))


def add(sums: dict[Any, Any], key: Any, amounts: tuple[int, ...]) -> None:
    before = sums.get(key, (0,) * len(amounts))
    sums[key] = tuple(one + other for one, other in zip(before, amounts))  # noqa: B905


def check_z(fields: dict[str, Any], told: dict[str, Any], shift: dict[str, Any]) -> None:
    cash = (told["expected_cash"], fields["expected"], fields["over_short"])
    need(cash == (shift["cash"], shift["cash"], fields["counted"] - shift["cash"]), "is a Z with other cash")
    for name in COUNTED:
        value = told.get(name, 0)
        need(value == shift[name], f"is a Z with {name} {value}, its documents say {shift[name]}")
    tenders = {row["kind"]: (row["count"], row["amount"]) for row in told["tenders"]}
    need(tenders == shift["tenders"], "is a Z whose tenders are not those of its sales")
    taxes = {(row["code"], row["rate"]): (row["net"], row["tax"], row["gross"]) for row in told["taxes"]}
    need(taxes == shift["taxes"], "is a Z whose taxes are not those of its sales")


class Export:
    """What was read so far: one chain after another, and the heads noted elsewhere that are still to come."""

    def __init__(self, anchors: dict[Any, Any]) -> None:
        self.anchors = anchors
        self.head: dict[str, Any] = {}
        self.chains: list[Chain] = []
        self.shifts: dict[Any, Any] = {}
        self.ended = False

    def take(self, line: dict[str, Any]) -> None:
        need(not self.ended, "stands after the end")
        need((line["kind"] == "journal_export") == (not self.head), "is a first line in the wrong place")
        if not self.head:
            need(line["v"] == 1, "has a form newer than this verifier")
            self.head = line
        elif line["kind"] == "end":
            need(line["chains"] == [chain.summary() for chain in self.chains], "sums up other documents")
            need(line["documents"] == sum(chain.documents for chain in self.chains), "counts other documents")
            self.ended = True
        else:
            need(line["kind"] == "document", "is of no kind an export has")
            self.take_document(line)

    def take_document(self, line: dict[str, Any]) -> None:
        key = tuple(line[name] for name in CHAIN)
        if not self.chains or self.chains[-1].key != key:
            need(not self.chains or key > self.chains[-1].key, "belongs to a chain that was over")
            self.chains.append(Chain(line))
        self.chains[-1].take(line, self.shifts)
        for row in self.anchors.get(key, {}).pop(line["no"], []):
            need(row["head"] == line["hash"], f"had another hash at {row['at']}: the chain was written anew")

    def finish(self) -> None:
        """The end is there, and so is every noted document that this export should hold."""
        need(self.ended, "is missing: the end of the file was cut off")
        last = {chain.key: chain.no for chain in self.chains}
        for key in sorted(self.anchors):
            for no in sorted(self.anchors[key]):
                row = self.anchors[key][no][0]
                if no > last.get(key, 0) and self.covers(key, row["at"], key in last):
                    place = "store {} till {} epoch {}".format(*key)
                    raise WrongError(
                        f"is missing: {place} had no {no} at {row['at']}, and the chain was cut off"
                    )

    def covers(self, key: Any, at: str, begun: bool) -> bool:
        """Whether a document noted at this time belongs into what was selected."""
        whole = "from" not in self.head and self.head["source"] != "till"
        chosen = all(self.head.get(name) in (None, value) for name, value in zip(CHAIN, key))  # noqa: B905
        return chosen and "to" not in self.head and at <= self.head["at"] and (begun or whole)

    def summary(self) -> Iterator[str]:
        chosen = [f"{name} {self.head[name]}" for name in (*CHAIN, "from", "to") if name in self.head]
        if self.head:
            source, at = self.head["source"], self.head["at"]
            yield f"Exported from the {source} at {at}: {', '.join(chosen) or 'everything'}."
        for chain in self.chains:
            told = "store {} till {} epoch {}".format(*chain.key) + f": no {chain.first} to {chain.no}"
            told += f", {chain.sales} sales, total {chain.total}, grand total {chain.grand or 0}"
            yield f"{told}, head {chain.head.hex() if chain.head else 'unknown'}"


def sealed_lines(path: str) -> Iterator[Any]:
    """The record of each line; None when it does not have the form or the seal of its place."""
    seal = sha(b"pos_desktop export 1")
    with open(path, "rb") as file:
        for raw in iter(lambda: file.readline(LONGEST), b""):
            try:
                record = json.loads(raw)
                right = isinstance(record, dict) and canonical(record) + b"\n" == raw
                told = record.pop("seal", "") if right else ""
            except (ValueError, RecursionError):
                right = False
            seal = sha(seal, canonical(record)) if right else b""
            yield record if right and told == seal.hex() else None


def check(path: str, anchors_path: str | None = None) -> tuple[list[str], str | None]:
    """(lines to print, the first wrong line or None). OSError or ValueError: a file cannot be read."""
    export, number = Export(read_anchors(anchors_path)), 1
    try:
        for line in sealed_lines(path):
            need(line is not None, "does not have its seal: it was changed, moved, left out or put in")
            export.take(line)
            number += 1
        export.finish()
    except WrongError as problem:
        return list(export.summary()), f"line {number} {problem}"
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        return list(export.summary()), f"line {number} lacks something or holds something odd ({problem})"
    return list(export.summary()), None


def read_anchors(path: str | None) -> dict[Any, Any]:
    """Heads noted elsewhere, by chain and number: JSON lines {at, store, till, epoch, no, head}."""
    anchors: dict[Any, Any] = {}
    if path:
        with open(path, encoding="utf-8") as file:
            for text in filter(str.strip, file):
                row = json.loads(text)
                if row["no"] > 0:
                    by_number = anchors.setdefault(tuple(row[name] for name in CHAIN), {})
                    by_number.setdefault(row["no"], []).append(row)
    return anchors


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Checks an exported journal of pos_desktop.")
    parser.add_argument("file", help="what pos-desktop export journal wrote")
    parser.add_argument("--anchors", help="heads noted elsewhere, JSON lines")
    args = parser.parse_args(arguments)
    try:
        lines, wrong = check(args.file, args.anchors)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        print(f"A file cannot be read: {problem}", file=sys.stderr)
        return 2
    print("\n".join(lines))
    done = "All in order: chains, numbers, sums, taxes, grand totals and Z reports."
    print(f"First wrong: {wrong}." if wrong else done)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
