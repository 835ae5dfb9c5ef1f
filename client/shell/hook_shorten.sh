# shellcheck shell=bash
# A long JSON object made short.

# How an error ends that was a time-out of an MCP client.
ts_late='MCP error -32001: Request timed out'

# Prints the JSON on stdin without what lies deep in it and without the middle of long strings: on one line the sizes of what the tool was
# given and of what it answered, then what is left. Prints nothing unless it is one whole object. Splitting it at its quotes makes each
# record a string or what stands between two strings, so that awk's own reader does the work.
shorten() {
  # shellcheck disable=SC2016 # The program is awk's.
  LC_ALL=C exec awk -v late="$ts_late" '
    BEGIN {
      RS = "\""
      depth = 0
      is_near = is_counting = 1
      left = 3000
      # What is kept lies above this depth; in a batch it lies deeper.
      floor = 3
    }

    # Not far down, or near the beginning: counting every byte of a very large payload would take longer than reading it, and its sizes
    # stay unknown.
    is_near {
      bytes += length($0)
      if (is_counting && !--left) { is_counting = 0; is_near = depth < floor || is_error }
      if (NR == first) text = $0
      if (is_error && in_string && /\\$/ && index($0, late)) kept = kept "\"" late "\\\"\""
    }

    # In a string. Nearly every record of a large payload ends here; matching is what awk does fastest.
    in_string && /\\$/ && (!/\\\\$/ || is_escaping()) { next }
    in_string {
      in_string = 0
      if (depth < floor) {
        has_text = 1
        if (NR != first) {
          text = substr(text, 1, length(text) - 1)
          ending = "\\\"" clipped($0)
        }
        if (is_shown(1)) kept = kept "\"" clipped(text) ending "\""
        ending = ""
      }
      next
    }

    # Between two strings.
    { in_string = 1 }
    depth < floor { meet() }
    # Deep down, from one object to its neighbour, is the commonest step and leads nowhere.
    /[][{}]/ && !(depth >= floor && /^[^][{}]*[]}][^][{}]*[[{][^][{}]*$/) { nest() }
    depth < floor {
      if (is_shown(0)) kept = kept substr($0, offset + 1, 64)
      first = NR + 1
      start = bytes + NR - 1
    }
    {
      offset = 0
      is_near = is_counting || depth < floor || is_error
    }

    END {
      if (!in_string || depth != 0 || !is_object || is_broken) exit
      printf "%s", size["tool_input"] size["toolArgs"] "|" size["tool_response"] size["tool_output"] size["tool_result"] size["toolResult"] "|" kept
    }

    # Whether what stands here is kept: of many strings and structures at the deepest level the first.
    function is_shown(more) {
      return depth < floor - 1 || (shown += more) <= 50
    }

    # Whether the quote after this record is escaped: an odd number of backslashes stands before it.
    # Seldom more than a few, which matching finds faster than a loop does.
    function is_escaping(   i) {
      match(substr($0, length($0) - 7), /\\*$/)
      if (RLENGTH < 8) return RLENGTH % 2
      for (i = length($0); i > 0 && substr($0, i, 1) == "\\"; i--);
      return (length($0) - i) % 2
    }

    # The string before is a key if a colon follows, else a value; after the colon may stand a literal.
    function meet() {
      if (!has_text) return
      has_text = 0
      if (!match($0, /^[ \t\r\n]*:[ \t\r\n]*/)) { if (depth == 1) measured(bytes + NR - length($0) - 1 - start); return }
      key[depth] = text
      if (depth == 1 && match(substr($0, RLENGTH + 1, 64), /^[-+.0-9A-Za-z]+/)) measured(RLENGTH)
    }

    # Follows the brackets. An end of the second level is the end of a value of the first.
    function nest(   parts, count, i, bracket) {
      count = split($0, parts, /[][{}]/)
      for (i = 1; i < count; i++) {
        if (depth < floor && is_shown(0)) kept = kept substr(parts[i], 1, 64)
        offset += length(parts[i]) + 1
        bracket = substr($0, offset, 1)
        if (bracket == "{" || bracket == "[") {
          if (depth == 0) { if (is_object || bracket == "[") is_broken = 1; is_object = 1 }
          if (depth == 1) { opened = bytes + NR - length($0) + offset; shown = 0; if (key[1] == "tool_calls") floor = 5 }
          if (depth == 2) { if (floor == 5) shown = 0; if (key[1] == "tool_response" && key[2] == "error") is_error = 1 }
          if (depth < floor && (is_open[depth] = is_shown(depth == floor - 1))) kept = kept bracket
          key[++depth] = ""
        } else {
          if (--depth == 1) { measured(bytes + NR - length($0) + offset - opened + 1); floor = 3 }
          if (depth == 2) is_error = 0
          if (depth < 0) is_broken = 1
          if (depth < floor && is_open[depth]) kept = kept bracket
        }
      }
    }

    function measured(amount) {
      if (is_counting) size[key[1]] = amount
    }

    function clipped(text) {
      return length(text) > 320 ? substr(text, 1, 256) "\\n" substr(text, length(text) - 63) : text
    }
  '
}
