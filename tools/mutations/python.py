"""Mutants of a Python module: its comparisons, its booleans and its branches."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from tools.mutations.mutant import Edit, Mutant, mutants

# What a comparison becomes: its opposite, and what differs from it where both sides are equal.
_OPERATORS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.GtE, ast.LtE),
    ast.LtE: (ast.Gt, ast.Lt),
    ast.Gt: (ast.LtE, ast.GtE),
    ast.GtE: (ast.Lt, ast.Gt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}


def mutate(text: str) -> list[Mutant]:
    """The mutants of a module's source."""
    starts = [0]
    for line in text.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    edits = (_edit(starts, node, new) for node in _expressions(ast.parse(text)) for new in _changed(node))
    conditions = (_edit(starts, node, new) for node, new in _branches(ast.parse(text)))
    return mutants(text, [*edits, *conditions])


def _edit(starts: list[int], node: ast.expr, new: ast.expr) -> Edit:
    # ast counts columns in bytes of UTF-8.
    start = starts[node.lineno - 1] + node.col_offset
    stop = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
    after = ast.unparse(new)
    return Edit(start, stop, f"({after})", ast.unparse(node), after)


def _expressions(tree: ast.AST) -> Iterator[ast.expr]:
    """All expressions but those inside f-strings, whose places Python knows from 3.12 on only."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.JoinedStr):
            continue
        if isinstance(child, ast.expr):
            yield child
        yield from _expressions(child)


def _changed(node: ast.expr) -> Iterator[ast.expr]:
    """What an expression becomes: a comparison another one, `and` `or`, one of their sides, `not x` x."""
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            for other in _OPERATORS[type(operator)]:
                yield ast.Compare(node.left, [*node.ops[:index], other(), *node.ops[index + 1 :]], node.comparators)
        yield from _other_constants(node)
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        for index in range(len(node.values)):
            yield ast.BoolOp(node.op, [*node.values[:index], *node.values[index + 1 :]])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand


def _other_constants(node: ast.Compare) -> Iterator[ast.expr]:
    """The comparison with each of its integers one more, and one less."""
    for child in ast.walk(node):
        if isinstance(child, ast.Constant) and type(child.value) is int:
            value = child.value
            for other in (value + 1, value - 1):
                child.value = other
                changed = copy.deepcopy(node)
                child.value = value
                yield changed


def _branches(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Conditions that are always true, or never; of a loop only never, as it would not end."""
    for node in ast.walk(tree):
        tests: list[ast.expr] = []
        if isinstance(node, ast.If | ast.IfExp | ast.While):
            tests = [node.test]
        elif isinstance(node, ast.comprehension):
            tests = node.ifs
        for test in tests:
            yield test, ast.Constant(False)
            if not isinstance(node, ast.While):
                yield test, ast.Constant(True)
