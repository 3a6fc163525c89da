"""Text from outside is safe to print, and readable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landfall.printable import code, colourless, escaped, markdown, one_line, shortened


def test_escaped_with_unprintable_characters_escapes_only_those() -> None:
    assert escaped("größe \x1b[31m\n\u202e") == "größe \\x1b[31m\\n\\u202e"


def test_escaped_with_printable_text_returns_it() -> None:
    assert escaped("größe \\n") == "größe \\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[1;34mINFO\x1b[m done", "INFO done"),
        ("\tat a.b", "        at a.b"),
        ("\x1b]0;title\x07a\x1b]8;;http://b\x1b\\c", "ac"),
        ("\x9b2Ja", "a"),
        ("\x1b a \x07", "\\x1b a \\x07"),
    ],
)
def test_colourless_with_what_controls_a_terminal_is_plain(text: str, shown: str) -> None:
    assert colourless(text) == shown


@given(st.text())
def test_colourless_with_any_text_is_printable(text: str) -> None:
    assert colourless(text).isprintable()


@given(st.text(), st.integers(min_value=3, max_value=100))
def test_shortened_with_any_text_is_printable_and_no_longer(text: str, longest: int) -> None:
    shown = shortened(text, longest)
    assert shown.isprintable()
    assert len(shown) <= longest
    assert shown == escaped(text) or shown == f"{escaped(text)[: longest - 3]}..."


def test_one_line_with_white_space_puts_one_space() -> None:
    assert one_line(" a\n\n\tb\x07 ") == "a b\\x07"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b> & @team", "&lt;b&gt; &amp; &#64;team"),
        ("[x](https://a.b) `c`", "\\[x\\](https&#58;//a.b) \\`c\\`"),
        ("a\nb | # c", "a b \\| \\# c"),
    ],
)
def test_markdown_with_markup_shows_it_literally(text: str, shown: str) -> None:
    assert markdown(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"), [("", ""), ("a|b", "`a\\|b`"), ("a``b", "```a``b```"), ("`a", "`` `a ``")]
)
def test_code_with_any_fence_in_it_stays_one_span(text: str, shown: str) -> None:
    assert code(text) == shown
