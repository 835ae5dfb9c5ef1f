"""Keeps of a text what is known to be harmless: words, short numbers, names of code. The rest becomes a placeholder.

The placeholders are those of the privacy contract: <url>, <email>, <path>, <ip>, <secret>, <text>. Whatever the text,
the patterns look at a character a bounded number of times: a run is taken whole (`++`), and only from where it begins.
The rules of free text are compiled with the first text: few clients send any, and each cold start would pay for it.
"""

import re

# Look-alikes become what they look like, and what cannot be seen goes, so that no rule is passed by in disguise.
_DISGUISES = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},  # full width
    **dict.fromkeys([0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F)]),
    **dict.fromkeys([*range(0x2060, 0x2070), *range(0xFE00, 0xFE10), *range(0xE0000, 0xE0080)]),
    **dict.fromkeys(map(ord, "“”„‟«»「」『』″"), '"'),
    **dict.fromkeys(map(ord, "‘’‚‛‹›′"), "'"),
    **dict(zip(map(ord, "‐‑‒–—―−․﹒｡∕⁄﹫∶﹕﹨İ"), "-------...//@::\\I", strict=True)),
    **dict.fromkeys(range(0xD800, 0xE000), " "),  # half a character, which UTF-8 does not hold
    ord("…"): "...",
    ord("。"): ". ",
    ord("、"): ", ",
}
_CONTROL = r"[\x00-\x1f\x7f-\x9f]+"

# A chunk is what stands between spaces, quotes and brackets. Rules hold from where one begins to where it ends.
_OUTSIDE = r"\s\"'`<>()\[\]{},;!?|"
_C = rf"[^{_OUTSIDE}]"
_FROM = rf"(?<!{_C})"
_TO = rf"(?![.:=]*+{_C})"
_CHUNK = rf"{_C}+(?<![.:])"

# Keys are known by how they begin; the first kind is no beginning of anything else.
_SURE_KEY = (
    r"(?:gh[opusr]_|github_pat_|gl(?:pat|ptt|dt|rt|soat|ft)-|xox[a-z]-|xapp-|do[opr]_v1_|shp[a-z]{2}_|[rsp]k_(?:live|test)_"
    r"|whsec_|dckr_pat_|GOCSPX-|AGE-SECRET|AKIA|ASIA|AIza|eyJ|ATATT|LTAI|EAAC|ya29\.|hvs\.)[\w.-]{6}"
)
_KEY = r"(?:sk|pk|rk|npm|hf|pypi|gsk|r8|sbp|figd|ntn|lin_api|phc|nvapi|pplx|tvly|tskey|fc|SG)[-_.]"

# A word in any script or in CamelCase; 20 letters at a stretch may be a key.
_WORD = r"(?![A-Za-z]{20})(?=[^\W\d_])(?:[A-Z]{0,7}+[^\W\d_A-Z]++)?+(?:[A-Z]{1,7}+[^\W\d_A-Z]{2,}+)*+[A-Z]{0,16}+"
_NUMBER = (
    r"[+~-]?\d{1,6}(?:\.\d{1,6})?(?:e[+-]?\d{1,3})?(?:%|[kKMGT]?i?[bBs]|[mnuµ]s|[mhdxkKMG]|px|st|nd|rd|th)?"
    r"|v?\d{1,4}(?:\.\d{1,4}){1,2}|\d{1,2}:\d\d(?::\d\d)?(?:\.\d{1,6})?|\d{1,6}(?:\.\.|[-x/])\d{1,6}|0x[\da-fA-F]{1,6}"
)
_CODE = (
    r"[:#]\d{1,6}(?::\d{1,6})?|:true|:false|:null|U\+[\dA-F]{4,5}|(?:E|F|W|P|TS|CS|ORA-)\d{3,5}|E2BIG|%[A-Za-z]|-[A-Za-z]{1,3}"
    r"|(?:utf|UTF|latin|base|u?int|float|sha|SHA|md|MD|IPv|CRC|win|x)-?(?:[124568]|16|32|64|86|256|512)"
    r"|(?:and|either)/or|[A-Za-z]/[A-Za-z]|read/write|yes/no|true/false|TCP/IP|Hostname/IP|HTTP/\d(?:\.\d)?"
    r"|(?:application|text)/(?:json|html|plain)|\\(?:[abfnrtv0\\]|[xuUN][X\da-fA-F]{0,8})|import\.meta|new\.target|e\.g|i\.e"
    r"|(?:Array|Function|JSON|Map|Math|Object|Promise|Reflect|RegExp|Set|String|Symbol)(?:\.[A-Za-z]{2,20}){1,2}"
    r"|(?:asyncio|collections|datetime|decimal|json|os|sys|_io|_thread)\.[A-Za-z_]{1,30}"
    r"|(?:[A-Za-z_]{1,30}\.){1,2}[A-Za-z_]{1,30}(?=\((?!\d)|\ is\ not\ a\ (?:func|constr))"
    r"|[-+*/%=:.&^~$#@_\\]{1,4}|-+|=+|\.+|\*+|~+|\^+|#+|[^\w\s\x00-\x7f]{1,3}"
)
_HARMLESS = (
    rf"(?!{_SURE_KEY}|{_KEY}\w{{6}}|(?:[\da-f]{{2}}-){{5}})(?:(?:\*{{1,2}}|_{{1,2}}|--|node:)?"
    rf"(?:{_WORD}(?:[_-]{{1,2}}|::|=|(?![\w-]))){{1,7}}+(?:(?<==)\d{{1,6}}|(?<=[_-])\d{{1,2}})?"
    rf"|(?:(?:line|col|column|char|localhost):)?(?:{_NUMBER})|{_CODE}){_TO}"
)

# A path may hold spaces, commas and brackets: what follows goes with it as far as it still looks like one.
_IN_PATH = r"(?:[^\s\"'`<>()\[\]{},;!?|:]|[',;!?:&](?=[^\W\d])|[(\[{][^()\[\]{}\"\n]{0,40}[)\]}])"
_PATH_WORD = r"[^\s/\\\"'`<>:;|]"
_PATH = (
    rf"(?:~(?=\w)|[^{_OUTSIDE}/\\]*+[/\\]){_IN_PATH}*(?:,?\ (?:{_PATH_WORD}++\ ){{0,3}}?(?![~.$%])"
    rf"(?:{_PATH_WORD}++[/\\]{_IN_PATH}*|{_PATH_WORD}*\.[a-zA-Z]\w{{0,4}}\b)|\ [A-Z][a-z][\w-]*)*"
)
_FILE = rf"\.?\w[^{_OUTSIDE}:@%]*\.[A-Za-z]\w{{0,4}}(?:(?=:\d)|{_TO})|\.[A-Za-z][\w-]*{_TO}"
_IP = (
    rf"(?={_C}*?\d\.\d{{1,3}}\.\d{{1,3}}\.\d){_CHUNK}|(?=[\da-fA-F:]*?::|(?:[\da-fA-F]{{1,4}}:){{5}})(?=:*[\da-fA-F])"
    rf"[\da-fA-F]{{0,4}}(?::[\da-fA-F]{{0,4}}){{2,7}}(?:%\w+)?(?:/\d+)?{_TO}"
)
_KINDS = (
    rf"{_FROM}(?={_C})(?!{_HARMLESS})(?:(?P<ip>{_IP})|(?P<path>{_PATH}|{_FILE})"
    rf"|(?P<email>(?={_C}*?(?:@|%40))(?={_C}*?\w){_CHUNK})|(?P<secret>{_CHUNK}))"
)
_URL = (
    rf"{_FROM}(?:[\w.+-]++(?::[\w.+-]++)*+://|[wW]{{3}}\.|(?:mailto|data|tel|sip):|[\w-]++(?:\.[\w-]++)*?\.(?:com|org|net|io"
    r"|dev|ai|app|co|gov|edu|info|local|internal|lan|corp|example)(?![\w-]|\.\w))[^\s\"'<>`]*(?<![.,;:)\]}!?])"
)
# Two words in short quotes may be a person's name; one is rather a name in code.
_QUOTES = (
    r"[\"'`](?<![\w.)\]}][\"'`])(?:(?<=\")(?=[^\s\"])(?:[^\"]{21,}+|(?![a-z -]*+\")[^\"\s]++\s[^\"]*+)(?:\"|$)"
    r"|(?<=')(?=[^\s'])(?:(?:[^']|(?<=\w)'(?=\w)){21,}+|(?![a-z -]*+')[^'\s]++\s[^']*+)'"
    r"|(?<=`)(?=[^\s`])[^`']{21,}+[`'])"
)
_DIGITS = r"\d(?<![\w.]\d)(?:[\s.()/-]{0,2}\d){6,}(?!\w)"  # of a telephone, an account, a card, a birthday

# What is said to be a key, a person or a host; what an option takes; what no name server knows.
_NAMED = (
    r"(?:pass(?:word|wd|phrase|code)?|pwd|token|secret|key|auth(?:orization)?|credential|cookie|session|jwt|pin|otp|cvv"
    r"|signature|user(?:_?name)?|login|account|owner|author|customer|e-?mail|(?<!local)host(?:name)?|phone|address"
    r"|(?:first|last|full)_?name)s?"
)
_ORDINARY = (
    r"(?:and|are|as|at|auth\w*|can|cannot|could|does|empty|expects?|expired|failed|field|for|from|has|have|in|incorrect"
    r"|invalid|is|localhost|may|mismatch|missing|must|needs|not|of|on|or|realm|required|requires?|to|token|too|was|with"
    r"|without|wrong)\b"
)
_VALUE = r"(?:\"[^\"]*\"?|'[^']*'?|\[[^\]]*\]?|(?!\{\s?[\"'{])[^\s\"'<>](?:[^\s\"'<>]|[\"'<>](?=\w))*(?<![.,;:)\]}]))"
_CONTEXT = (
    rf"({_NAMED}(?:[\"'`]?\s?[:=]{{1,2}}>?\s?(?:[\"']?(?:bearer|basic|token|digest|apikey)\s)?|\s(?=\"\w\w))"
    r"|[\"'](?<=\w[\"'])\s?:\s?(?=[\"'])|(?:bearer|basic|enotfound|eai_again|pass(?:word|wd|phrase|code)(?:\s(?:is|was|of))?"
    rf"|-(?<![^\s\"'`(\[=]-)-?[a-z][\w-]*+)\s(?![-=:]|{_ORDINARY})"
    rf"|=(?<=[\w\]]=)(?![=>~]|(?:-?\d{{1,6}}|true|false|none|null)(?![^\s,;)\]}}&]))){_VALUE}"
)

# A label has a closed alphabet and holds the names of packages, models and versions, which may be long and have digits.
_CAMEL = r"[a-z]?(?>[A-Z]*+(?:[a-z]{2,}+|[a-z]?\d{1,8}+)|[A-Z]{2,}+)*+[A-Z]?(?![A-Za-z\d])"
_LABEL = re.compile(
    r"(?P<url>://|^www\.)|(?P<path>(?:^|[: +])~?[/\\]|^~|\.\./|(?<![\w-])[A-Za-z]:/|(?:^|/)(?:home|Users)/"
    r"|^(?!\w[\w-]*\.)(?:[^/]++/){3})|(?P<email>[\w+-]@(?!v?\d+\.\d)[\w-]+(?:\.[\w-]+)*?\.[A-Za-z]{2,}(?![\w-]))"
    r"|(?P<ip>(?<!\d)(?:(?:25[0-5]|2[0-4]\d|[01]?\d?\d)(?:\.|(?!\d))){4}"
    r"|(?<!\w)(?:(?=[a-fA-F:]*\d)(?:(?:[\da-fA-F]{1,4}:){1,6}|:):[\da-fA-F]{0,4}"
    r"|(?:(?:[\da-fA-F]{1,4}:){5,7}|(?:[\da-fA-F]{2}-){5})[\da-fA-F]{1,4})(?!\w))"
    rf"|(?P<secret>(?<![A-Za-z\d])(?:{_SURE_KEY}|{_KEY}(?:[a-z\d]{{2,8}}[-_])*"
    rf"(?=[A-Za-z]*\d[A-Za-z]*\d|[A-Za-z\d]*[a-z][A-Z])[A-Za-z\d]{{10}}|(?!{_CAMEL})[A-Za-z\d]{{20}}"
    r"|(?=[A-Za-z\d]{16})(?:[A-Za-z]*\d++){4}|\d{15}|(?=[A-Z\d]{20})(?:[A-Z]*\d++){2}"
    rf"|(?=[\w+/-]{{32}})(?:[\w+/-]*?[_+/-])?(?=[a-z\d]*[A-Z])(?!{_CAMEL})[A-Za-z\d]{{8}}))"
)


def scrub(text: str) -> str:
    """The free text with URLs, e-mail addresses, paths, IP addresses, keys, long quotes, and all else that is not known
    to be harmless, replaced by placeholders.

    Control characters and lone surrogates become a space, so that what is left is storable UTF-8 on one line.
    """
    if not text.isascii():
        text = text.translate(_DISGUISES)
    text = re.sub(_CONTROL, " ", text)
    text = _hide_values(re.sub(_URL, "<url>", re.sub(_QUOTES, "<text>", text)))
    return re.sub(_DIGITS, "<secret>", re.sub(_KINDS, _placeholder, text))


def scrub_label(label: str) -> str:
    """The label itself, or one placeholder where an address, a path or a key is in it."""
    found = _LABEL.search(label)
    return _placeholder(found) if found else label


def _hide_values(text: str) -> str:
    kept: list[str] = []
    begin = 0
    for match in re.finditer(_CONTEXT, text.lower()):  # ten times as fast as a pattern that ignores case
        kept += text[begin : match.end(1)], "<secret>"
        begin = match.end()
    return "".join(kept) + text[begin:]


def _placeholder(match: re.Match[str]) -> str:
    return f"<{match.lastgroup}>"
