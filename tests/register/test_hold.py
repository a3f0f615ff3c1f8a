"""Sales put aside under a name, found by it at another till, and still there after the close."""

from __future__ import annotations

from tests.register.conftest import Shop, Till, code_of


def test_a_sale_is_held_under_a_name_found_by_it_and_outlives_the_shift(till: Till, shop: Shop) -> None:
    """Two sales on hold; letters leave the one that is meant; the Z takes neither away."""
    milk, loaf = code_of(shop, "Whole milk 2 L"), code_of(shop, "Sourdough")
    till.scan(milk)
    till.stroke("F8")
    till.scan(loaf, loaf)
    till.stroke("Shift+F8", "Return")
    assert (till["screen"], till["message"]) == ("hold_name", "Type a name first.")
    till.keys("Green coat\n")
    assert (till["screen"], till["message"]) == ("sale", "Sale held")
    till.stroke("Ctrl+W")
    till.keys("2\n")  # two notes of 50.00
    till.stroke("F12", "F12")
    assert till["screen"] == "z_done"
    assert len(till.services.till.held()) == 2
    till.stroke("Return")
    till.window.flows.session.start_ready(1001, "1111", 10_000)
    till.settle()
    till.stroke("Ctrl+R")
    assert (till["screen"], till["held"]) == ("hold_list", 2)
    till.keys("coat")
    assert (till["found"], till["chosen"]) == (1, "Green coat")
    till.keys("s")
    assert till["found"] == 0
    till.stroke("Backspace", "Return")
    assert (till["screen"], till["quantities"]) == ("sale", ["2"])
