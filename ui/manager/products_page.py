"""The products page: find them, edit them in place or many at once, correct stock, print shelf labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from pos_desktop.domain.money import currency
from pos_desktop.domain.quantity import format_qty
from pos_desktop.services.import_items import ImportResult
from pos_desktop.services.manager import Choices, ManagerDesk, Product, ProductFilter, Store
from pos_desktop.words import t, t_n
from ui.keymap import Keymap
from ui.manager.adjust import AdjustStock
from ui.manager.bars import in_store, number
from ui.manager.bulk import BulkEdit, PastePreview
from ui.manager.clip import read_block
from ui.manager.conflict import ConflictView
from ui.manager.detail import ProductDetail
from ui.manager.edits import Clash, Edits, Wanted
from ui.manager.found import none_words
from ui.manager.grid_page import GridPage, PageSpec
from ui.manager.history import ProductHistory
from ui.manager.import_list import ImportList, imported_words
from ui.manager.labels import PrintLabels
from ui.manager.menu import ChoiceKey
from ui.models.columns import Column
from ui.models.products import ProductColumns
from ui.tasks import Lanes, Query
from ui.theme import Layout, theme
from ui.widgets.key import Key
from ui.widgets.labels import Label


class ProductsPage(GridPage):
    """A store's products."""

    WIDTHS = (280, 316, 316)

    def __init__(self, desk: ManagerDesk, lanes: Lanes, store: Store, keys: Keymap) -> None:
        self._money = currency(store.currency)
        self._product_columns = ProductColumns(store, self._money)
        spec = PageSpec(
            "products",
            t("Products"),
            t("Filter by name, code, supplier…"),
            "name",
            self._product_columns.columns(),
            lambda wanted, sort, after: desk.page(wanted, sort, after),
            desk.count,
        )
        self._clashes: list[Clash] = []
        self._then: Callable[[], None] | None = None
        super().__init__(desk, lanes, store, keys, spec, ProductFilter(store.number))

    # -- what is here beside the table -----------------------------------------------------------------

    def _prepare(self) -> None:
        self.detail = ProductDetail(self._store, self._money, self._keys)
        self.edits = Edits(self._desk, self._lanes, self._store, self._money, self.say, self)
        self.category = ChoiceKey(t("Category"), t("All categories"), name="category")
        self.supplier = ChoiceKey(t("Supplier"), t("All suppliers"), name="supplier")
        self.low = Key(t("Low stock"), icon="triangle-alert", name="low_stock", height=44, checkable=True)
        hint = self._keys.hint("back", "print_labels")
        self.change_price = Key(t("Change price"), icon="tag", name="bulk_price", height=40)
        self.edit_field = Key(t("Edit field"), icon="pencil", name="bulk_edit", height=40)
        self.labels = Key(t("Labels"), icon="barcode", name="bulk_labels", hint=hint, height=40)
        hint = self._keys.hint("back", "import")
        self.import_key = Key(t("Import"), icon="upload", name="import", hint=hint, height=44)
        self.unsaved_words = Label("", role="chip", tone="warn", align="end", max_lines=1)
        self.save_all = Key(t("Save all"), variant="accent", name="save_all", height=36)
        self.save_all.hide()

    def _filter_keys(self) -> Sequence[Key]:
        return (self.category, self.supplier, self.low)

    def _title_keys(self) -> Sequence[Key]:
        return (self.import_key,)

    def _bulk_keys(self) -> Sequence[Key]:
        return (self.change_price, self.edit_field, self.labels)

    def _pane(self) -> QWidget:
        return self.detail

    def _connect(self) -> None:
        super()._connect()
        self.foot_row.addWidget(self.unsaved_words, 1)
        self.foot_row.addWidget(self.save_all)
        for key in (self.category, self.supplier):
            key.chosen.connect(lambda _: self._ask())
        self.low.toggled.connect(lambda _: self._ask())
        self.change_price.clicked.connect(lambda: self.edit_many("price"))
        self.edit_field.clicked.connect(lambda: self.edit_many("category"))
        self.labels.clicked.connect(self.print_labels)
        self.save_all.clicked.connect(self.save)
        self.import_key.clicked.connect(self.import_list)
        self.table.opened.connect(lambda _: self.detail.edit())
        self.table.pasted.connect(self.paste)
        self.model.drafts.changed.connect(self._drafted)
        self._connect_detail()

    def _connect_detail(self) -> None:
        detail, edits = self.detail, self.edits
        detail.save_asked.connect(lambda product: self._save([product]))
        detail.undo_asked.connect(self.model.drafts.forget)
        detail.typed.connect(lambda product, text: self.model.drafts.type(product, "price", text))
        detail.left.connect(self.table.setFocus)
        detail.adjust_asked.connect(self._adjust)
        detail.history_asked.connect(self._history)
        detail.label_asked.connect(lambda: self._labels_of([detail.product]))
        edits.busy.connect(detail.set_busy)
        edits.changed.connect(self._changed)
        edits.clashed.connect(self._clashed)
        edits.trouble.connect(self._stay)
        edits.trouble.connect(self._failed)
        edits.finished.connect(self._go_on)

    # -- for the window --------------------------------------------------------------------------------

    def key_actions(self) -> Mapping[str, Callable[[], None]]:
        """What the keys of the back office do here; nothing while a question is open."""
        if self.asking:
            return {}
        own = {"save": self.save, "edit": self.edit, "undo": self.undo, "print_labels": self.print_labels}
        return {**super().key_actions(), **own, "import": self.import_list}

    def shown(self) -> None:
        """Read the rows, how many there are, and what they can be given."""
        super().shown()
        self._ask_counts()
        store = self._store.number
        self._lanes.run(
            Query(self, lambda: self._desk.choices(store), self._chosen, self._failed, replaces="choices")
        )

    @property
    def unsaved(self) -> int:
        """Products with edits that are not saved."""
        self.table.commit()
        return len(self.model.drafts)

    def save_then(self, then: Callable[[], None]) -> None:
        """Save everything, and do ``then`` once the server has answered."""
        self._then = then
        self.save()
        if not self.edits.at_work:
            self._go_on()

    def _stay(self, _problem: Exception) -> None:
        self._then = None

    def _go_on(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()

    def discard(self) -> None:
        """Throw away what is not saved."""
        self.model.drafts.clear()

    def _chosen(self, choices: Choices) -> None:
        self._product_columns.choices = choices
        self.category.offer(choices.categories)
        self.supplier.offer(choices.suppliers)

    # -- filtering -------------------------------------------------------------------------------------

    def _wanted(self) -> ProductFilter:
        return ProductFilter(
            self._store.number,
            self.filter.field.text().strip(),
            self.category.value,
            self.supplier.value,
            self.low.isChecked(),
        )

    def _plain_filter(self) -> None:
        self.low.blockSignals(True)
        self.low.setChecked(False)
        self.low.blockSignals(False)
        self.category.reset()
        self.supplier.reset()

    def _none_words(self, wanted: ProductFilter) -> tuple[str, bool]:
        return none_words(wanted)

    def _ask_counts(self) -> None:
        whole = ProductFilter(self._store.number)

        def done(counts: tuple[tuple[int, bool], tuple[int, bool]]) -> None:
            (every, more), (low, more_low) = counts
            self.count.set_text(in_store(every, more, self._store.name))
            self.low.set_label(t("Low stock · {n}", n=f"{number(low)}{'+' if more_low else ''}"))
            self.low.set_variant("warn" if low else "plain")

        work = lambda: (self._desk.count(whole), self._desk.count(replace(whole, low=True)))  # noqa: E731
        self._lanes.run(Query(self, work, done, self._failed, replaces="counts"))

    def retry(self) -> None:
        """Ask the server again."""
        super().retry()
        self._ask_counts()

    # -- one product -----------------------------------------------------------------------------------

    def _in_hand(self, row: Any) -> None:
        self.detail.show_product(row)
        self._show_draft()

    def _row_to_take(self) -> int | None:
        product = self.detail.product
        return self.model.row_of(product.id) if product is not None else None

    def _show_draft(self) -> None:
        product, drafts = self.detail.product, self.model.drafts
        if product is None:
            return
        problem = next(iter(drafts.problems(product)), "")
        changed = any(row.id == product.id for row in drafts.rows)
        self.detail.show_draft(drafts.text(product, "price"), problem, changed=changed)

    def _drafted(self, id_: int) -> None:
        count = len(self.model.drafts)
        words = t_n(count, "{n} product not saved", "{n} products not saved", n=number(count))
        self.unsaved_words.set_text(words if count else "")
        self.save_all.setVisible(count > 0)
        if self.detail.product is not None and self.detail.product.id == id_:
            self._show_draft()

    def edit(self) -> None:
        """Edit the cell in hand, or the price in the detail when no cell of the row can be."""
        if not self.table.hasFocus() or not self.table.edit_here():
            self.detail.edit()

    def save(self) -> None:
        """Save everything that is not."""
        self.table.commit()
        self._save(self.model.drafts.rows)

    def _save(self, products: Sequence[Product]) -> None:
        drafts = self.model.drafts
        wrong = [(each, words) for each in products for words in drafts.problems(each)]
        if wrong:
            product, words = wrong[0]
            said = t("{product} is not saved.", product=product.name)
            self.say(f"{said}\n{words}", "warn")
        whole = [each for each in products if not drafts.problems(each)]
        self.edits.save([Wanted(drafts.begun(each), drafts.values(each)) for each in whole])

    def _changed(self, product: Product) -> None:
        self._put(product)
        self.model.drafts.rebase(product)

    def _put(self, product: Product) -> None:
        self.model.put(product)
        if self.detail.product is not None and self.detail.product.id == product.id:
            self.detail.show_product(product)
            self._show_draft()

    def undo(self) -> None:
        """Take back what was typed for the product in hand, or else the last save."""
        self.table.commit()
        if self.detail.changed:
            self.detail.ask_undo()
        else:
            self.edits.undo()

    # -- two versions ----------------------------------------------------------------------------------

    def _clashed(self, clashes: list[Clash]) -> None:
        self._clashes = clashes
        self._next_clash()

    def _next_clash(self) -> None:
        if not self._clashes:
            return
        clash = self._clashes.pop(0)
        columns = self.spec.columns
        question = ConflictView(self.window(), clash, columns, self._store, len(self._clashes))
        question.theirs_taken.connect(self._take_theirs)
        question.mine_kept.connect(self._keep_mine)
        question.closed.connect(self._next_clash)
        self.open_question(question)

    def _take_theirs(self, clash: Clash) -> None:
        self.model.drafts.forget(clash.theirs)
        self._put(clash.theirs)
        words = t("{product} stays as {who} left it.", product=clash.theirs.name, who=clash.theirs.who)
        self.say(words, "info")

    def _keep_mine(self, clash: Clash) -> None:
        self._put(clash.theirs)
        self.model.drafts.rebase(clash.theirs)
        self.edits.save([Wanted(clash.theirs, clash.wanted.values)])

    def _history(self, product: Product) -> None:
        question = ProductHistory(self.window(), self._desk, self._lanes, self._store, self._money, product)
        question.trouble.connect(self._failed)
        self.open_question(question)

    # -- stock -----------------------------------------------------------------------------------------

    def _adjust(self, product: Product) -> None:
        question = AdjustStock(self.window(), self._desk, self._lanes, self._store, product)
        question.adjusted.connect(self._adjusted)
        question.trouble.connect(self.trouble)
        self.open_question(question)

    def _adjusted(self, product: Product, delta: int) -> None:
        self._put(product)
        self._ask_counts()
        hand = format_qty(product.on_hand, product.unit)
        sign = "+" if delta > 0 else ""
        change = f"{sign}{format_qty(delta, product.unit)}"
        words = t("{product}: {change}, {hand} on hand now.", product=product.name, change=change, hand=hand)
        self.say(words, "good")

    # -- several products ------------------------------------------------------------------------------

    def edit_many(self, field: str) -> None:
        """One edit for the chosen products, shown before it is done."""
        products = list(self.model.ticked.values())
        if not products:
            self.say(t("Choose products first: Space, or Ctrl with a click."), "info")
            return
        question = BulkEdit(self.window(), products, self.spec.columns, self._money, field)
        question.asked.connect(self.edits.save)
        self.open_question(question)

    def paste(self, text: str) -> None:
        """A block from a spreadsheet, from the cell in hand on, shown before it is done."""
        block, place = read_block(text), self.table.block()
        if not block or not place.isValid():
            self.say(t("There is no text to paste."), "info")
            return
        columns = self.table.shown_columns()
        cells: list[tuple[Column, Product, str]] = []
        for down, line in enumerate(block):
            for across, cell in enumerate(line):
                row, column = place.top() + down, place.left() + across
                if row < self.model.rowCount() and column < len(columns):
                    cells.append((columns[column], self.model.row(row), cell))
        outside = sum(len(line) for line in block) - len(cells)
        question = PastePreview(self.window(), cells, outside)
        question.asked.connect(self.edits.save)
        self.open_question(question)

    def print_labels(self) -> None:
        """Shelf labels of the chosen products, or of the one in hand."""
        self._labels_of(list(self.model.ticked.values()) or [self.detail.product])

    def _labels_of(self, products: Sequence[Product | None]) -> None:
        chosen = [product for product in products if product is not None]
        if not chosen:
            self.say(t("Choose the products to print labels for first."), "info")
            return
        self.ask_file(PrintLabels(self.window(), self._lanes, chosen, self._money, self.files_folder))

    def import_list(self) -> None:
        """Items from a spreadsheet."""
        question = ImportList(self.window(), self._desk, self._lanes, self._store, self.files_folder)
        question.imported.connect(self._imported)
        question.trouble.connect(self._failed)
        self.open_question(question)

    def _imported(self, result: ImportResult) -> None:
        self.say(imported_words(result), "warn" if result.reject_file else "good")
        self.shown()

    # -- looks -----------------------------------------------------------------------------------------

    def _fit(self, layout: Layout) -> None:
        super()._fit(layout)
        self.supplier.setVisible(layout is not Layout.COMPACT)
        self.category.setVisible(self.width() > theme().px(980))
