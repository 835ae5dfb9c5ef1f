"""JSON text that is added to and taken from while every other byte stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder()
# Strings first, so that what is in one is no comment.
_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)


class UnreadableError(ValueError):
    """This text is none that can be added to; the message says why and where."""


class Insertion(NamedTuple):
    """A text that is put in before the character `at`."""

    at: int
    text: str


class _Part(NamedTuple):
    """A member of an object, or an item of an array (key None): from start to end; its value begins at `value`."""

    key: str | None
    start: int
    value: int
    end: int


def read(text: str) -> dict[str, Any]:
    """Return the object that the text is. UnreadableError for anything else, comments and doubled names too."""
    try:
        value = json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_no_json)
    except json.JSONDecodeError as error:
        comment = " (comments are none)" if text[error.pos : error.pos + 1] in ("/", "#") else ""
        raise UnreadableError(f"line {error.lineno} is no JSON{comment}: {error.msg}") from error
    except RecursionError as error:
        raise UnreadableError("it is nested too deep") from error
    if not isinstance(value, dict):
        raise UnreadableError("it is no JSON object")
    return value


def without_comments(text: str) -> str:
    """Return a text without what some programs take for comments in JSON: `// …` and `/* … */`, outside of strings."""
    return _COMMENT.sub(lambda found: found[0] if found[0].startswith('"') else " ", text)


def additions(text: str, wanted: Mapping[str, Any], is_ours: Callable[[Any], bool]) -> list[Insertion]:
    """Return what adds to an object what it lacks of `wanted`.

    Objects are merged by name; the items of an array are added unless one of its items is ours; what has another value
    stays. UnreadableError where the text has something else than the object or array that is wanted.
    """
    read(text)
    start = _skip(text, 0)
    parts = list(_parts(text, start))
    style = _Style.of(text, parts)
    return list(_missing(text, start, wanted, is_ours, style, 1, "it"))


def removals(text: str, name: str, is_ours: Callable[[Any], bool]) -> str:
    """Return the text without our items in the arrays of the object `name`, and without what is empty then.

    An item is ours as a whole, or one of the items of its own `hooks` is.
    """
    while span := _first_ours(text, name, is_ours):
        text = text[: span[0]] + text[span[1] :]
    return text


def inserted(text: str, insertions: Sequence[Insertion]) -> str:
    """Return the text with all insertions made; each says where it stands in the text as it is."""
    for at, more in sorted(insertions, reverse=True):
        text = text[:at] + more + text[at:]
    return text


class _Style(NamedTuple):
    """How a file is laid out. indent: of one level, None for a file on one line. newline: between lines."""

    indent: str | None
    newline: str

    @classmethod
    def of(cls, text: str, parts: Sequence[_Part]) -> _Style:
        newline = "\r\n" if "\r\n" in text else "\n"
        if not parts:
            return cls("  ", newline)
        before = text[: parts[0].start]
        gap = before[len(before.rstrip(_SPACE)) :]
        return cls(gap.rpartition("\n")[2] or "  ", newline) if "\n" in gap else cls(None, newline)

    def written(self, value: object, depth: int) -> str:
        """Return a value as it stands `depth` levels deep."""
        lines = json.dumps(value, indent=self.indent, ensure_ascii=False).split("\n")
        return f"{self.newline}{(self.indent or '') * depth}".join(lines)

    def placed(self, items: Sequence[str], depth: int, *, after_others: bool) -> str:
        """Return items as they stand `depth` levels deep, after others or alone in their brackets."""
        if self.indent is None:
            return (", " if after_others else "") + ", ".join(items)
        start = self.newline + self.indent * depth
        text = start + f",{start}".join(items)
        return f",{text}" if after_others else text + self.newline + self.indent * (depth - 1)


def _missing(
    text: str,
    at: int,
    wanted: Mapping[str, Any],
    is_ours: Callable[[Any], bool],
    style: _Style,
    depth: int,
    where: str,
) -> Iterator[Insertion]:
    """Yield what the object at `at` lacks."""
    parts = list(_parts(text, at))
    present = {part.key: part for part in parts}
    new = [f"{json.dumps(key)}: {style.written(value, depth)}" for key, value in wanted.items() if key not in present]
    if new:
        end = parts[-1].end if parts else at + 1
        yield Insertion(end, style.placed(new, depth, after_others=bool(parts)))
    for key, value in wanted.items():
        if key not in present:
            continue
        there = present[key].value
        if isinstance(value, dict):
            _expect(text, there, "{", f"{key} of {where} is no object")
            yield from _missing(text, there, value, is_ours, style, depth + 1, key)
        elif isinstance(value, list):
            _expect(text, there, "[", f"{key} of {where} is no array")
            yield from _missing_items(text, there, value, is_ours, style, depth + 1)


def _missing_items(
    text: str, at: int, wanted: Sequence[Any], is_ours: Callable[[Any], bool], style: _Style, depth: int
) -> Iterator[Insertion]:
    parts = list(_parts(text, at))
    if any(is_ours(_value(text, part)) for part in parts):
        return
    new = [style.written(value, depth) for value in wanted]
    yield Insertion(parts[-1].end if parts else at + 1, style.placed(new, depth, after_others=bool(parts)))


def _expect(text: str, at: int, bracket: str, otherwise: str) -> None:
    if text[at] != bracket:
        raise UnreadableError(otherwise)


def _first_ours(text: str, name: str, is_ours: Callable[[Any], bool]) -> tuple[int, int] | None:
    """Return the span of the first thing to remove, None if nothing is ours."""
    roots = list(_parts(text, _skip(text, 0)))
    for root, part in enumerate(roots):
        if part.key != name or text[part.value] != "{":
            continue
        lists = list(_parts(text, part.value))
        for number, one in enumerate(lists):
            if text[one.value] != "[":
                continue
            items = list(_parts(text, one.value))
            ours = [place for place, item in enumerate(items) if is_ours(_value(text, item))]
            if not ours:
                continue
            inner = _handler_span(text, items[ours[0]], is_ours)
            if inner:
                return inner
            if len(items) > 1:
                return _span(items, ours[0])
            return _span(lists, number) if len(lists) > 1 else _span(roots, root)
    return None


def _handler_span(text: str, group: _Part, is_ours: Callable[[Any], bool]) -> tuple[int, int] | None:
    """Return the span of our handler in a group that has others too."""
    for part in _parts(text, group.value):
        if part.key == "hooks" and text[part.value] == "[":
            handlers = list(_parts(text, part.value))
            ours = [place for place, handler in enumerate(handlers) if is_ours(_value(text, handler))]
            if ours and len(ours) < len(handlers):
                return _span(handlers, ours[0])
    return None


def _span(parts: Sequence[_Part], number: int) -> tuple[int, int]:
    """Return the span of a part with the comma that separates it."""
    if number + 1 < len(parts):
        return parts[number].start, parts[number + 1].start
    return (parts[number - 1].end if number else parts[number].start), parts[number].end


def _parts(text: str, at: int) -> Iterator[_Part]:
    """Yield the parts of the object or array at `at` of a text that is JSON."""
    is_object = text[at] == "{"
    at = _skip(text, at + 1)
    while text[at] not in "}]":
        start, key = at, None
        if is_object:
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        _, end = _DECODER.raw_decode(text, at)
        yield _Part(key, start, at, end)
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)


def _value(text: str, part: _Part) -> Any:
    return _DECODER.raw_decode(text, part.value)[0]


def _skip(text: str, at: int) -> int:
    while text[at] in _SPACE:
        at += 1
    return at


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise UnreadableError(f"{next(name for name in made if names.count(name) > 1)} stands in it twice")
    return made


def _no_json(constant: str) -> None:
    raise UnreadableError(f"{constant} is no JSON")
