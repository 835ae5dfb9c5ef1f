# shellcheck shell=bash
# Reading the hook's JSON.

# Prints what is needed of the JSON on stdin, on one line with | between: a value that is none of the names' alphabet is ?. Prints nothing
# unless the JSON is one whole object. Splitting it at its quotes makes each record a string or what stands between two strings, so that
# awk's own reader does the work.
#
# A refused call of a batch has a line of its own: no other event tells of it.
read_hook() {
  # shellcheck disable=SC2016 # The program is awk's.
  LC_ALL=C exec awk -v foreign="[^$ts_alphabet]" '
    BEGIN {
      RS = "\""
      # What is printed, in this order; of several names the first that has a value.
      count = split("hook_event_name tool_name,toolName tool_response.commandName tool_input.skill,toolArgs.skill,tool_input.name" \
        " tool_use_id session_id sessionId conversation_id duration_ms,duration is_interrupt failure_type" \
        " tool_response.isError,tool_response.is_error tool_response.error tool_response.status" \
        " tool_result.result_type,toolResult.resultType error command_name expansion_type command_source prompt_id agent_id" \
        " mcp_server.name mcp_context.server_name mcp_context.tool_name cursor_version turn_id timestamp permission_mode source reason track_skills_agent", column, " ")
      for (i = 1; i <= count; i++) for (j = split(column[i], names, ","); j; j--) is_wanted[names[j]] = 1
      split("tool_name tool_use_id tool_response tool_input.skill", names, " ")
      for (i in names) is_wanted["call." names[i]] = 1
      is_counting = 1
      left = 5000
      # Values are looked for above this depth; in a batch they lie deeper.
      floor = 3
      late = "MCP error -32001: Request timed out"
    }

    # Counting every byte of a very large payload would take longer than reading it: its sizes stay unknown.
    is_counting {
      if (FNR == 1 && FILENAME == "-") $0 = ENVIRON["ts_rest"] $0
      bytes += length($0)
      if (!--left) is_counting = 0
    }

    # In a string. Nearly every record of a large payload ends here; matching is what awk does fastest.
    in_string && /\\$/ && (!/\\\\$/ || is_escaping()) { if (is_error && index($0, late)) is_late = 1; next }
    in_string {
      in_string = 0
      if (depth < floor) { text = NR == first ? $0 : "\\"; has_text = 1; ending = $0 }
      next
    }

    # Between two strings.
    { in_string = 1 }
    depth < floor { meet() }
    # Deep down, from one object to its neighbour, is the commonest step and leads nowhere.
    /[][{}]/ && !(depth >= floor && /^[^][{}]*[]}][^][{}]*[[{][^][{}]*$/) { nest() }
    depth < floor { first = NR + 1; start = bytes + NR - 1 }

    END {
      if (!in_string || depth != 0 || !is_object || is_broken) exit
      if (is_late) value["tool_response.error"] = "timeout"
      if (value["hook_event_name"] == "PostToolBatch") printf "%s", refused
      else print line() size["tool_input"] size["toolArgs"] "|" size["tool_response"] size["tool_output"] size["tool_result"] size["toolResult"] "|" transcript
    }

    function line(   i, j, names, found) {
      for (i = 1; i <= count; i++) {
        split(column[i], names, ",")
        for (j = 1; j in names && value[names[j]] == ""; j++);
        found = found value[names[j]] "|"
      }
      return found
    }

    # Whether the quote after this record is escaped: an odd number of backslashes stands before it.
    function is_escaping(   i) {
      for (i = length($0); i > 0 && substr($0, i, 1) == "\\"; i--);
      return (length($0) - i) % 2
    }

    # The string before is a key if a colon follows, else a value; after the colon may stand a literal.
    function meet(   rest) {
      if (!has_text) return
      has_text = 0
      if (!match($0, /^[ \t\r\n]*:[ \t\r\n]*/)) { found(text, bytes + NR - length($0) - 1 - start); return }
      rest = substr($0, RLENGTH + 1, 64)
      key[depth] = plain(text)
      if (match(rest, /^[-+.0-9A-Za-z]+/)) found(substr(rest, 1, RLENGTH), RLENGTH)
    }

    # Follows the brackets. An end of the second level is the end of a value of the first.
    function nest(   parts, count, i, position, bracket) {
      count = split($0, parts, /[][{}]/)
      for (i = 1; i < count; i++) {
        position += length(parts[i]) + 1
        bracket = substr($0, position, 1)
        if (bracket == "{" || bracket == "[") {
          if (depth == 0) { if (is_object || bracket == "[") is_broken = 1; is_object = 1 }
          if (depth == 1) { opened = bytes + NR - length($0) + position; if (key[1] == "tool_calls") floor = 5 }
          if (depth == 2 && key[1] == "tool_response" && key[2] == "error") { value["tool_response.error"] = "?"; is_error = 1 }
          key[++depth] = ""
        } else {
          if (--depth == 1) { measured(bytes + NR - length($0) + position - opened + 1); floor = 3 }
          if (depth == 2) { is_error = 0; if (floor == 5) end_call() }
          if (depth < 0) is_broken = 1
        }
      }
    }

    function found(text, amount,   path) {
      if (depth == 1) { path = key[1]; measured(amount) }
      else if (depth == 2) path = key[1] "." key[2]
      else if (key[1] == "tool_calls") path = "call." key[3] (depth == 4 ? "." key[4] : "")
      if (path == "transcript_path") transcript = text
      if (!(path in is_wanted)) return
      value[path] = plain(text)
      if (value[path] ~ foreign) value[path] = "?"
      # Of an error, its kind is all that is kept.
      if (path == "error") value[path] = kind(text, "?")
      if (path == "call.tool_response") value[path] = kind(text, "")
    }

    # What an error is by how its text opens and ends, as agents word it.
    function kind(text, other) {
      if (index(text, "<tool_use_error>") == 1) text = substr(text, 17)
      if (index(text, "Unknown skill: ") == 1 || index(text, "Skill not found: ") == 1) return "not_found"
      if (index(text, "Error: No such tool available: ") == 1) return "not_found"
      if (index(text, "Tool \047") == 1 && index(text, "\047 does not exist")) return "not_found"
      if (index(text, "Skill execution blocked by permission rules") == 1) return "denied"
      if (index(text, "Claude requested permissions to use ") == 1 || index(text, "Permission to use ") == 1) return "denied"
      if (index(text, "Skill ") == 1 && index(text, " cannot be used with Skill tool")) return "denied"
      if (index(ending, " timed out after ") == 1 || substr(ending, length(ending) - length(late) + 1) == late) return "timeout"
      return other
    }

    # A call of a batch has ended.
    function end_call() {
      if (value["call.tool_response"] != "") {
        value["tool_name"] = value["call.tool_name"]
        value["tool_use_id"] = value["call.tool_use_id"]
        value["tool_input.skill"] = value["call.tool_input.skill"]
        value["error"] = value["call.tool_response"]
        refused = refused line() "||\n"
      }
      value["call.tool_name"] = value["call.tool_use_id"] = value["call.tool_input.skill"] = value["call.tool_response"] = ""
    }

    function measured(amount) {
      if (is_counting) size[key[1]] = amount
    }

    # A short string without the escapes that its alphabet may be written with.
    function plain(text,   high, low) {
      if (length(text) > 256) return "?"
      gsub(/\\\//, "/", text)
      while (match(text, /\\u00[2-7][0-9A-Fa-f]/)) {
        high = substr(text, RSTART + 4, 1)
        low = index("0123456789abcdef", tolower(substr(text, RSTART + 5, 1))) - 1
        text = substr(text, 1, RSTART - 1) sprintf("%c", high * 16 + low) substr(text, RSTART + 6)
      }
      return text
    }
  ' "$@"
}
