"""Mutants of SQL: each condition, comparison, limit, order, conflict and case of it.

What a statement of this repository is made of is few, so tokens and the depth of parentheses are enough; a parser of
SQLite's dialect that knows numbered parameters was not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tools.mutations.mutant import Edit, Mutant, mutants

_TOKEN = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\?\d+|[A-Za-z_][\w.]*|\d+|->>|->|\|\||<>|<=|>=|<<|>>|[^\s\w]")
# What a comparison becomes: its opposite, and what differs from it where both sides are equal.
_OPERATORS = {
    "=": ("<>",),
    "<>": ("=",),
    "<": (">=", "<="),
    "<=": (">", "<"),
    ">": ("<=", ">="),
    ">=": ("<", ">"),
    "IN": ("NOT IN",),
    "EXISTS": ("NOT EXISTS",),
    "min": ("max",),
    "max": ("min",),
}
# Where a condition ends that stands in no parentheses of its own, and where it begins.
_ENDS = {"THEN", "ORDER", "GROUP", "LIMIT", "RETURNING", "ON", "SET", "UNION", "CROSS", "WHERE", "ELSE", "END", "WHEN"}
_ENDS |= {"AS", "FROM", ",", ";"}
_BEGINS = {"WHERE", "ON", "WHEN", "SELECT", "THEN", "ELSE", ","}


class _Token(NamedTuple):
    text: str
    start: int
    stop: int
    depth: int  # of parentheses


def mutate(text: str, statement: str = "") -> list[Mutant]:
    """The mutants of a file of SQL; of the one statement in it that begins so."""
    begin = text.index(statement)
    end = text.find(";", begin) if statement else len(text)
    return mutants(text, _Sql(text, begin, end).edits())


class _Sql:
    def __init__(self, text: str, begin: int, end: int) -> None:
        self._text = text
        self._tokens: list[_Token] = []
        depth = 0
        for found in _TOKEN.finditer(text, begin, end):
            if found[0].startswith("--"):
                continue
            depth -= found[0] == ")"
            self._tokens.append(_Token(found[0], found.start(), found.end(), depth))
            depth += found[0] == "("

    def edits(self) -> Iterator[Edit]:
        assignments = set(self._assignments())
        for at, token in enumerate(self._tokens):
            if at not in assignments:
                yield from self._other_words(at, token.text)
            if token.text in ("WHERE", "ON") and self._tokens[at + 1].text != "CONFLICT":
                yield self._decided(at + 1, self._end(at + 1), "true")
            if token.text == "WHEN":
                yield from self._cases(at)
            if token.text in ("AND", "OR"):
                yield from self._terms(at)
            if token.text == "LIMIT":
                yield self._unlimited(at)
            if token.text == "ORDER":
                yield from self._directions(at)
            if token.text == "CONFLICT":
                yield from self._conflicts(at)

    def _other_words(self, at: int, word: str) -> Iterator[Edit]:
        """Comparisons and words that something hangs on, changed or left out."""
        negated = at > 0 and self._tokens[at - 1].text == "NOT"  # without its NOT it is a mutant already
        for other in () if negated and word == "IN" else _OPERATORS.get(word, ()):
            yield self._replace(at, at + 1, other, around=1)
        if word in ("NOT", "DISTINCT", "ALL"):
            yield self._replace(at, at + 1, "", around=1)
        if word == "IN":
            yield from self._members(at + 1)
        if word == "coalesce":
            end = self._end(at + 2, {","})
            yield self._replace(at, self._end(at + 2, set()) + 1, self._between(at + 2, end))

    def _members(self, opening: int) -> Iterator[Edit]:
        """A list without each of its members."""
        close = next(at for at in range(opening + 1, len(self._tokens)) if self._tokens[at].text == ")")
        for at in range(opening + 1, close):
            if self._tokens[at].text.startswith("'"):
                yield self._replace(at, at + 1, "NULL", around=1)

    def _cases(self, at: int) -> Iterator[Edit]:
        """A WHEN that is never met, and, unless it is a value of a CASE, always."""
        end = self._end(at + 1)
        if self._is_of_value(at):
            yield self._replace(at + 1, end, "NULL")
            return
        yield self._decided(at + 1, end, "false")
        yield self._decided(at + 1, end, "true")

    def _is_of_value(self, at: int) -> bool:
        """Whether a WHEN's CASE names what it compares."""
        open_cases = 0
        while True:
            at -= 1
            open_cases += self._tokens[at].text == "END"
            if self._tokens[at].text == "CASE":
                if not open_cases:
                    return self._tokens[at + 1].text != "WHEN"
                open_cases -= 1

    def _terms(self, at: int) -> Iterator[Edit]:
        """AND as OR; both their terms left out, and turned round where no comparison does that."""
        word = self._tokens[at].text
        yield self._replace(at, at + 1, "OR" if word == "AND" else "AND", around=1)
        neutral = "true" if word == "AND" else "false"
        for begin, end in ((self._begin(at), at), (at + 1, self._end(at + 1, also=("AND", "OR")))):
            yield self._decided(begin, end, neutral)
            depth = self._tokens[at].depth
            if not any(token.text in _OPERATORS and token.depth == depth for token in self._tokens[begin:end]):
                yield self._replace(begin, end, f"NOT ({self._between(begin, end)})")

    def _directions(self, at: int) -> Iterator[Edit]:
        """An ORDER BY left out, and each of its terms the other way round."""
        depth = self._tokens[at].depth
        last = self._end(at + 1, _ENDS - {","})
        yield self._replace(at, last, "")
        for end in range(at + 2, last + 1):
            is_end = end == last or (self._tokens[end].text == "," and self._tokens[end].depth == depth)
            if is_end and self._tokens[end - 1].text == "DESC":
                yield self._replace(end - 1, end, "", around=1)
            elif is_end:
                old = self._tokens[end - 1].text
                yield self._replace(end - 1, end, f"{old} DESC")

    def _conflicts(self, at: int) -> Iterator[Edit]:
        """An ON CONFLICT that does nothing, or, where that is what it does, is not there."""
        do = next(index for index in range(at, len(self._tokens)) if self._tokens[index].text == "DO")
        if self._tokens[do + 1].text == "NOTHING":
            yield self._replace(at - 1, do + 2, "")
            return
        edit = self._replace(do + 1, len(self._tokens), "NOTHING")
        if parameters := re.findall(r"\?\d+", self._between(do + 1, len(self._tokens))):
            # It keeps its parameters, as one too many would be an error.
            column = self._tokens[do + 3].text
            edit = edit._replace(new=f"UPDATE SET {column} = {column} WHERE {' AND '.join(['false', *parameters])}")
        yield edit

    def _assignments(self) -> Iterator[int]:
        """Which `=` assigns: the first behind SET, and behind each comma of its list."""
        for at, token in enumerate(self._tokens):
            if token.text != "SET":
                continue
            cases, due = 0, True
            for index in range(at + 1, self._end(at + 1, _ENDS & {"WHERE", "RETURNING"})):
                word = self._tokens[index].text
                cases += (word == "CASE") - (word == "END")
                if word == "," and not cases and self._tokens[index].depth == token.depth:
                    due = True
                if word == "=" and due:
                    due = False
                    yield index

    def _begin(self, at: int) -> int:
        """Where the term in front of an AND or OR begins."""
        depth = self._tokens[at].depth
        while at and self._tokens[at - 1].depth >= depth:
            before = self._tokens[at - 1]
            if before.depth == depth and (before.text in _BEGINS or before.text in ("AND", "OR")):
                break
            at -= 1
        return at

    def _end(self, at: int, ends: set[str] = _ENDS, also: tuple[str, ...] = ()) -> int:
        """Where what begins here ends: in front of a word of its own depth that ends it, or of its parenthesis."""
        depth = self._tokens[at].depth
        while at < len(self._tokens):
            token = self._tokens[at]
            if token.depth < depth or (token.depth == depth and (token.text in ends or token.text in also)):
                break
            at += 1
        return at

    def _between(self, begin: int, end: int) -> str:
        """The source of tokens [begin, end)."""
        return self._text[self._tokens[begin].start : self._tokens[end - 1].stop]

    def _decided(self, begin: int, end: int, value: str) -> Edit:
        """A condition that is always true or false; it keeps its parameters, as one too many would be an error."""
        edit = self._replace(begin, end, value)
        word = {"true": "OR", "false": "AND"}[value]
        parameters = re.findall(r"\?\d+", self._between(begin, end))
        return edit._replace(new=f"({f' {word} '.join([value, *parameters])})")

    def _unlimited(self, at: int) -> Edit:
        end = self._end(at + 1)
        return self._replace(at, end, "")._replace(new=f"LIMIT max({self._between(at + 1, end)}, 1 << 40)")

    def _replace(self, begin: int, end: int, new: str, around: int = 0) -> Edit:
        """Tokens [begin, end) replaced. around: how many tokens beside them tell which ones they are."""
        start, stop = self._tokens[begin].start, self._tokens[end - 1].stop
        first = self._tokens[max(0, begin - around)].start
        last = self._tokens[min(len(self._tokens), end + around) - 1].stop
        before = self._text[first:last]
        after = f"{self._text[first:start]}{new}{self._text[stop:last]}"
        if not around and begin and self._tokens[begin - 1].text in _BEGINS:
            word = self._tokens[begin - 1].text
            before, after = f"{word} {before}", f"{word} {after}"
        offset = len(self._text[:start].encode())
        return Edit(offset, offset + len(self._text[start:stop].encode()), new, before, after)
