"""Takes out of a text whatever could tell who, where or what: the rules and placeholders of the privacy contract."""

import re

_Rule = tuple[re.Pattern[str], str]


def _rule(pattern: str, placeholder: str) -> _Rule:
    return re.compile(pattern, re.IGNORECASE), placeholder


_COMMON: tuple[_Rule, ...] = (
    _rule(r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>]+", "<url>"),
    _rule(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}", "<email>"),
    _rule(r"\"[^\"]{21,}\"|'[^']{21,}'|`[^`]{21,}`|“[^”]{21,}”|«[^»]{21,}»", "<text>"),
    # A path may hold spaces: a next word goes with it as long as it has a separator too.
    _rule(r"(?<!\w)(?:[a-z]:[\\/]|\\\\)[^\s\"'<>|]*(?: [^\s\\\"'<>|]+\\[^\s\"'<>|]*)*", "<path>"),
    _rule(r"(?<![\w<])(?:~\w*|\.{1,2})?/[^\s\"'`<>:;,()|]+(?: [^\s/\"'`<>:;,()|]+/[^\s\"'`<>:;,()|]*)*", "<path>"),
    _rule(r"(?<![\w/])[\w.-]+(?:[\\/][\w.-]+){2,}[\\/]?", "<path>"),
    _rule(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?![\w.]*\w)", "<ip>"),
    _rule(
        r"(?<![\w:])(?=[0-9a-f:]*::|(?:[0-9a-f]{1,4}:){5})[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\.\d{1,3}){0,3}(?:%\w+)?(?![\w:])",
        "<ip>",
    ),
    _rule(r"\b(?:sk|pk|rk|gh[opusr]|github_pat|glpat|xox[a-z]|akia|asia|eyj)[-_a-z0-9.]{8,}", "<secret>"),
    _rule(
        r"\b((?:api[-_ ]?key|token|secret|password|passwd|pwd)\s*[=:]\s*|bearer\s+|basic\s+)[^\s,;<>]+", r"\1<secret>"
    ),
    _rule(r"\b[0-9a-f]{20,}\b", "<secret>"),
)
_TEXT = (*_COMMON, _rule(r"[a-z0-9+/_=-]{20,}", "<secret>"))
# A label such as ConnectionRefusedError is long and no secret: there, a run must also have two digits.
_LABEL = (*_COMMON, _rule(r"(?=[a-z+/_=-]*\d[a-z+/_=-]*\d)[a-z0-9+/_=-]{20,}", "<secret>"))
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


def scrub(text: str) -> str:
    """The free text with URLs, e-mail addresses, long quotes, paths, IP addresses and secrets replaced by placeholders.

    Control characters and lone surrogates become a space, so that what is left is storable UTF-8 on one line.
    """
    return _apply(_TEXT, text)


def scrub_label(text: str) -> str:
    """The same for a short machine-made name, such as an exception's class or a version."""
    return _apply(_LABEL, text)


def _apply(rules: tuple[_Rule, ...], text: str) -> str:
    text = _CONTROL.sub(" ", text)
    for pattern, placeholder in rules:
        text = pattern.sub(placeholder, text)
    return text
