# How gradpath refuses bad input: one line with the place, the field, the value, and what is accepted.
#
# Whatever a line is made of, a name of a file, a key, a value, the message of somebody else's error, it stays
# one line and cannot steer a terminal: control characters are written as escapes, the same ones in both
# languages.

# Control characters, line and paragraph separators, what changes the direction of writing or takes no room.
UNSEEN <- paste0(
  "[\\x{01}-\\x{1f}\\x{7f}-\\x{9f}\\x{200b}\\x{200e}\\x{200f}\\x{2028}-\\x{202e}\\x{2060}-\\x{2069}\\x{feff}]"
)
# How much of a value is shown: characters of a text, items of a list, lists in lists, characters in all.
SHOWN <- list(characters = 100, items = 10, depth = 4, in_all = 300)

# A list of YAML, which may be a vector in R.
is_sequence <- function(value) inherits(value, "yaml_sequence")

# Writes control characters as escapes: \n, \x1b, \u2028.
printable <- function(text) {
  text <- as_utf8(as.character(text))
  if (!grepl(paste0("(*UTF)", UNSEEN), text, perl = TRUE)) {
    return(text)
  }
  characters <- strsplit(text, "", fixed = TRUE)[[1]]
  unseen <- grepl(paste0("(*UTF)", UNSEEN), characters, perl = TRUE)
  characters[unseen] <- vapply(characters[unseen], escape_character, "")
  paste(characters, collapse = "")
}

# In UTF-8; bytes that are none are written as escapes.
as_utf8 <- function(text) {
  if (Encoding(text) == "latin1") text <- enc2utf8(text)
  if (validUTF8(text)) {
    return(text)
  }
  gsub("<([0-9a-f]{2})>", "\\\\x\\1", iconv(text, "UTF-8", "UTF-8", sub = "byte"))
}

escape_character <- function(character) {
  code <- utf8ToInt(character)
  short <- c("9" = "\\t", "10" = "\\n", "13" = "\\r")[as.character(code)]
  if (!is.na(short)) {
    return(short[[1]])
  }
  sprintf(if (code < 256) "\\x%02x" else "\\u%04x", code)
}

# Writes a value as both languages' messages show it: 'text', 0.1, nan, true, null, [1, 2]. A long one is cut,
# and says so.
show_value <- function(value) cut_text(show_nested(value, 1), SHOWN$in_all)

cut_text <- function(text, most) {
  if (nchar(text) <= most) text else paste0(substr(text, 1, most), "...")
}

show_nested <- function(value, depth) {
  if (is.null(value)) {
    return("null")
  }
  if (is.list(value)) {
    return(show_list(value, depth))
  }
  if (!is.atomic(value)) {
    return(printable(class(value)[[1]]))
  }
  if (length(value) == 1 && !is_sequence(value)) {
    return(show_scalar(value))
  }
  show_list(as.list(unclass(value)), depth)
}

# A mapping or a sequence; those of YAML are told apart even when they are empty.
show_list <- function(values, depth) {
  ends <- if (is.null(names(values)) || inherits(values, "yaml_sequence")) c("[", "]") else c("{", "}")
  keys <- if (ends[[1]] == "{") paste0(vapply(names(values), printable, ""), rep(": ", length(values)))
  values <- unclass(values)
  if (depth > SHOWN$depth) {
    return(paste0(ends[[1]], "...", ends[[2]]))
  }
  first <- seq_len(min(length(values), SHOWN$items))
  shown <- paste0(keys[first], vapply(values[first], show_nested, "", depth = depth + 1))
  if (length(values) > SHOWN$items) shown <- c(shown, sprintf("... (%d in all)", length(values)))
  paste0(ends[[1]], paste(shown, collapse = ", "), ends[[2]])
}

show_scalar <- function(value) {
  if (is.character(value)) {
    return(show_text(value))
  }
  if (is.logical(value) && !is.na(value)) {
    return(if (value) "true" else "false")
  }
  # NA is R's own; the other language and YAML only know nan.
  if (is.na(value)) {
    return("nan")
  }
  if (is.complex(value) || is.raw(value)) class(value)[[1]] else show_number(as.numeric(value))
}

show_number <- function(value) {
  if (is.infinite(value)) {
    return(if (value > 0) "inf" else "-inf")
  }
  sprintf("%.15g", value)
}

show_text <- function(text) {
  if (is.na(text)) {
    return("nan")
  }
  text <- as_utf8(as.character(text))
  characters <- nchar(text)
  if (characters > SHOWN$characters) {
    text <- sprintf("%s... (%d characters)", substr(text, 1, SHOWN$characters), characters)
  }
  paste0("'", printable(text), "'")
}

# Stops with one line that has the class "gradpath_error".
# What is accepted is said in words, or by a function that gives them.
refuse <- function(where, field, value, accepted) {
  accepted <- if (is.function(accepted)) accepted() else accepted
  gradpath_stop(paste0(where, ": ", field, ": ", show_value(value), " is not accepted; use ", accepted))
}

refuse_missing <- function(where, field, accepted) {
  accepted <- if (is.function(accepted)) accepted() else accepted
  gradpath_stop(paste0(where, ": ", field, ": is missing; use ", accepted))
}

gradpath_stop <- function(text) {
  condition <- list(message = printable(text), call = NULL)
  stop(structure(class = c("gradpath_error", "error", "condition"), condition))
}

# Stops because a function of the reader's own stopped: named as theirs, with the call that failed.
user_failure <- function(where, problem, what = "your function failed") {
  # Without what the engines add for themselves: where to look, and the library's own stack.
  added <- "(?s)\\s*(Run .{0,3}reticulate::py_last_error|Exception raised from ).*$"
  said <- sub(added, "", conditionMessage(problem), perl = TRUE)
  said <- cut_text(printable(trimws(said)), SHOWN$in_all)
  call <- conditionCall(problem)
  place <- if (!is.null(call)) cut_text(trimws(paste(deparse(call), collapse = " ")), SHOWN$characters)
  gradpath_stop(paste0(where, ": ", what, ": ", said, if (!is.null(place)) paste0(" (in ", place, ")")))
}

# Writes a list of names as the end of a refusal.
one_of <- function(names) {
  paste("one of", paste(names, collapse = ", "))
}
