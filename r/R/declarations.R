# Reads declarations, YAML files that both languages read to the same values, and refuses what is wrong in them.
#
# The rules are those of YAML 1.2's core schema and no others: `010` is ten, `0o11` nine, `1e-3` a number; `yes`,
# `1_000`, `1:30` and a date are texts, and so is everything in quotes. No tag makes an object.

#' @include accepted.R refusals.R
NULL

# What no declaration has: control characters, and line ends that only some versions of YAML know.
NOT_YAML <- paste0(
  "(*UTF)[^\\t\\n\\r\\x{20}-\\x{7e}\\x{a0}-\\x{2027}\\x{202a}-\\x{d7ff}\\x{e000}-\\x{fefe}\\x{ff00}-\\x{fffd}",
  "\\x{10000}-\\x{10ffff}]"
)
# A character with the code 0, written as an escape.
ESCAPED_NUL <- "(?<!\\\\)(?:\\\\\\\\)*\\\\(?:0|x00|u0000|U00000000)"
MAX_DEPTH <- 50
MAX_VALUES <- 20000

WHOLE <- "[-+]?[0-9]+"
OCTAL <- "0o[0-7]+"
HEXADECIMAL <- "0x[0-9a-fA-F]+"
FRACTION <- "[-+]?(?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
NOT_FINITE <- c(
  stats::setNames(rep(Inf, 6), c(".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF")),
  stats::setNames(rep(-Inf, 3), c("-.inf", "-.Inf", "-.INF")),
  stats::setNames(rep(NaN, 3), c(".nan", ".NaN", ".NAN"))
)
WORDS <- c("", "~", "null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE")
# Whole numbers up to here are whole in every language; longer ones are floats, and may be infinite.
DIGITS <- 15

MAX_ID <- 100
# The folders beside those of the figures; each belongs to a study with a declaration or recordings of its own.
STUDY_FOLDERS <- c("schedules", "first_epoch", "training", "recorded_torch", "published")
DEVICES <- c("con", "prn", "aux", "nul", paste0("com", 1:9), paste0("lpt", 1:9))

A_LINE <- "a text of one line"

# A list of one is a list, though R has it as a vector of length one.
is_text <- function(value) is.character(value) && length(value) == 1 && !is_sequence(value)
is_flag <- function(value) (isTRUE(value) || isFALSE(value)) && !is_sequence(value)
is_filled <- function(value) is_sequence(value) && length(value) > 0
is_mapping <- function(value) is.list(value) && !is_sequence(value) && !is.null(names(value))
is_id <- function(value) is_text(value) && grepl("^[a-z0-9]+([-.][a-z0-9]+)*$", value)
# A text without line ends and control characters.
is_line <- function(value) is_text(value) && identical(printable(value), enc2utf8(value))

# Reads a declaration, or refuses it in one line. Lists are of class "yaml_sequence"; keys are texts, as they
# are written.
read_declaration <- function(file) {
  if (!is_text(file)) {
    refuse("declaration", "file", file, "the name of a file")
  }
  if (!file.exists(file) || dir.exists(file)) {
    gradpath_stop(paste0(file, ": no such file; name a file of experiments"))
  }
  unreadable <- function(problem) {
    gradpath_stop(paste0(file, ": not readable as YAML; check its indentation, brackets and keys"))
  }
  content <- tryCatch(
    readBin(file, "raw", file.size(file)),
    error = function(e) gradpath_stop(paste0(file, ": cannot be read; name a file that can")),
    warning = function(w) gradpath_stop(paste0(file, ": cannot be read; name a file that can"))
  )
  tryCatch(parse_declaration(content), error = unreadable, warning = unreadable)
}

parse_declaration <- function(content) {
  if (any(content == 0)) stop("not UTF-8")
  text <- rawToChar(content)
  if (!validUTF8(text)) stop("not UTF-8")
  Encoding(text) <- "UTF-8"
  text <- sub("^\ufeff", "", text)
  if (grepl(NOT_YAML, text, perl = TRUE) || grepl(ESCAPED_NUL, text, perl = TRUE)) stop("not YAML")
  # A second document; R's YAML would read the first and say nothing.
  rest <- sub("^(?:[ \\t]*(?:#.*)?\\n)*---", "", text, perl = TRUE)
  if (grepl("(?m)^---(?=\\s|$)", rest, perl = TRUE)) stop("documents")
  # R's YAML reads thousands of lists in lists, but takes seconds; the limit itself is kept below.
  brackets <- match(utf8ToInt(text), utf8ToInt("[{]}"), nomatch = 0)
  if (any(cumsum((brackets %in% 1:2) - (brackets > 2)) > 10 * MAX_DEPTH)) stop("too deep")
  numbers <- hide_numbers(text)
  tree <- yaml::yaml.load(numbers$text, handlers = yaml_handlers(numbers$marker), eval.expr = FALSE)
  counter <- new.env(parent = emptyenv())
  counter$values <- 0
  resolve_tree(tree, 1, counter)
}

# R's YAML has the rules of YAML 1.1, and its handler of texts does not learn whether they were quoted. So every
# number of YAML 1.2 is hidden, wherever it stands, as a hexadecimal number that begins with a marker: where R's YAML
# takes that for a number, it stood alone and without quotes; in texts it is written back.
hide_numbers <- function(text) {
  marker <- "0x677261647061"
  while (grepl(marker, text, fixed = TRUE)) marker <- paste0(marker, "7")
  # What stands behind | and > is written without a tag too, and always a text.
  text <- gsub("(?m)([:?-][ \\t]+)([|>][-+0-9]*[ \\t]*(?:#.*)?)$", "\\1!!str \\2", text, perl = TRUE)
  one <- paste0(
    "(?<![\\\\\\w.+|>-])(?:", HEXADECIMAL, "|", OCTAL, "|", FRACTION, "|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN))",
    "(?![\\w.+-])"
  )
  found <- gregexpr(one, text, perl = TRUE)
  regmatches(text, found) <- lapply(regmatches(text, found), function(numbers) {
    vapply(numbers, function(number) paste0(marker, paste(charToRaw(number), collapse = "")), "")
  })
  list(text = text, marker = marker)
}

shown_numbers <- function(text, marker) {
  found <- gregexpr(paste0(marker, "[0-9a-f]+"), text)
  regmatches(text, found) <- lapply(regmatches(text, found), function(hidden) {
    vapply(substring(hidden, nchar(marker) + 1), function(digits) {
      pairs <- substring(digits, seq(1, nchar(digits), 2), seq(2, nchar(digits), 2))
      rawToChar(as.raw(strtoi(pairs, 16)))
    }, "")
  })
  text
}

# Texts come back marked with T, everything else without quotes with P, lists and mappings as environments, which
# R's YAML takes for no key. What comes back otherwise had a tag that asks for something else.
yaml_handlers <- function(marker) {
  marked <- function(mark) {
    force(mark)
    function(text) paste0("\u0001", mark, shown_numbers(text, marker))
  }
  plain <- c(
    "null", "bool", "bool#yes", "bool#no", "bool#na", "int", "int#hex", "int#oct", "int#base60", "int#na", "float",
    "float#exp", "float#fix", "float#nan", "float#inf", "float#neginf", "float#base60", "float#na", "str#na",
    "timestamp", "timestamp#iso8601", "timestamp#spaced", "timestamp#ymd"
  )
  part <- function(kind) {
    force(kind)
    function(values) {
      inside <- new.env(parent = emptyenv())
      inside$values <- as.list(values)
      structure(inside, class = kind)
    }
  }
  c(
    lapply(stats::setNames(nm = plain), function(tag) marked("P")),
    list(str = marked("T"), seq = part("yaml_list"), map = part("yaml_mapping"))
  )
}

resolve_tree <- function(node, depth, counter) {
  counter$values <- counter$values + 1
  # Anchors make a small file large.
  if (counter$values > MAX_VALUES || is.environment(node) && depth > MAX_DEPTH) stop("too large")
  if (is.null(node)) {
    return(NULL)
  }
  if (is.environment(node)) {
    values <- lapply(node$values, resolve_tree, depth = depth + 1, counter = counter)
    return(if (inherits(node, "yaml_list")) as_sequence(values) else as_mapping(values))
  }
  resolve_leaf(node)
}

resolve_leaf <- function(node) {
  if (identical(node, "=")) {
    return(node)
  }
  if (is.object(node) || !is_text(node) || !startsWith(node, "\u0001")) stop("a tag")
  text <- substring(node, 3)
  if (startsWith(node, "\u0001P")) resolve_scalar(text) else text
}

as_sequence <- function(values) {
  kinds <- unique(vapply(values, typeof, ""))
  alike <- length(kinds) == 1 || setequal(kinds, c("integer", "double"))
  single <- all(vapply(values, function(value) is.atomic(value) && length(value) == 1, TRUE))
  # As vectors, which R people expect of a list of numbers or words.
  if (length(values) && alike && single && !any(vapply(values, is_sequence, TRUE))) values <- unlist(values)
  structure(values, class = "yaml_sequence")
}

as_mapping <- function(values) {
  keys <- names(values)
  if (length(values) == 0) {
    return(stats::setNames(list(), character()))
  }
  if (is.null(keys)) stop("a tag")
  keys[startsWith(keys, "\u0001")] <- substring(keys[startsWith(keys, "\u0001")], 3)
  if (anyDuplicated(keys)) stop("a key twice")
  stats::setNames(values, keys)
}

# What an unquoted word of a declaration means by YAML 1.2's core schema.
resolve_scalar <- function(text) {
  whole <- function(pattern) grepl(paste0("^(?:", pattern, ")$"), text, perl = TRUE)
  if (text %in% WORDS) {
    return(switch(tolower(text), true = TRUE, false = FALSE, NULL))
  }
  if (text %in% names(NOT_FINITE)) {
    return(NOT_FINITE[[text]])
  }
  if (whole(OCTAL)) {
    return(whole_or_double(read_digits(substring(text, 3), 8)))
  }
  if (whole(HEXADECIMAL)) {
    return(whole_or_double(read_digits(substring(text, 3), 16)))
  }
  if (whole(WHOLE) && nchar(sub("^[-+]?0*", "", text)) <= DIGITS) {
    return(whole_or_double(as.numeric(text)))
  }
  if (whole(FRACTION)) read_fraction(text) else text
}

read_digits <- function(text, base) {
  digits <- strtoi(strsplit(text, "", fixed = TRUE)[[1]], base)
  Reduce(function(number, digit) number * base + digit, digits, 0)
}

whole_or_double <- function(number) {
  if (abs(number) <= .Machine$integer.max) as.integer(number) else number
}

# The nearest double, as C and Python read it; as.numeric() may miss it by its last bit. The reader of YAML uses C's
# own function for numbers that are written in full.
read_fraction <- function(text) {
  parts <- regmatches(text, regexec("^([-+]?)([0-9]*)[.]?([0-9]*)(?:[eE]([-+]?)([0-9]+))?$", text, perl = TRUE))[[1]]
  digits <- paste0(if (nzchar(parts[[3]])) parts[[3]] else "0", ".", parts[[4]], "0")
  power <- if (nzchar(parts[[6]])) paste0("e", if (nzchar(parts[[5]])) parts[[5]] else "+", parts[[6]])
  nearest <- suppressWarnings(yaml::yaml.load(paste0(parts[[2]], digits, power)))
  if (is.numeric(nearest) && !is.na(nearest)) nearest else as.numeric(text)
}

# One field of an entry: what it takes, as a refusal says it; whether it must be there, whether it may be
# null.
field <- function(accepts, accepted, required = FALSE, null = FALSE) {
  list(accepts = accepts, accepted = accepted, required = required, null = null)
}

# The same from what a field takes and how that is said; such pairs stand in several tables.
needed <- function(rule) field(rule[[1]], rule[[2]], required = TRUE)
optional <- function(rule, null = FALSE) field(rule[[1]], rule[[2]], null = null)
among <- function(names) {
  list(one_text_of(names), if (is.function(names)) function() one_of(names()) else one_of(names))
}
mapping <- function(accepted) list(is_mapping, accepted)
list_of <- function(accepted) list(is_filled, paste("a list of one or more", accepted))

# What fields of several declarations take.
IDENTIFIER <- list(is_id, "lower-case letters and digits, with '-' or '.' between them")
LINE <- list(is_line, A_LINE)
FLAG <- list(is_flag, "true or false")
# What the book says of a picture: below it, and to those who do not see it.
PICTURE <- list(caption = optional(LINE), alt = optional(LINE))

takes <- function(rule, value) (is.null(value) && rule$null) || rule$accepts(value)

# Reads a declaration: a list of entries under one name, the `section`, each with an id of its own. `complete` checks
# an entry, given its place and its fields, and returns it with what it inherits filled in. Ids that are `taken` are
# not free, since their folders belong to something else; `beside` are the fields that the file may have, too.
read_entries <- function(file, section, kind, complete, taken = character(), beside = list()) {
  data <- read_declaration(file)
  fields <- c(stats::setNames(list(needed(list_of(section))), section), beside)
  if (!is_mapping(data)) {
    refuse(file, section, data, fields[[section]]$accepted)
  }
  check_entry(file, data, fields)
  entries <- complete_entries(file, data[[section]], kind, ": ", complete)
  refuse_names(file, kind, names(entries), taken)
  entries
}

# The entries of these ids, or all.
choose_entries <- function(section, declared, ids) {
  if (is.null(ids) || !length(ids)) {
    return(unname(declared))
  }
  for (name in ids) {
    if (!name %in% names(declared)) refuse(section, "id", name, one_of(names(declared)))
  }
  unname(declared[ids])
}

# Refuses the first field, in the order of the table, that is missing or wrong; then a field that is not in it.
check_entry <- function(where, entry, fields) {
  for (name in names(fields)) {
    rule <- fields[[name]]
    if (!name %in% names(entry)) {
      if (rule$required) refuse_missing(where, name, rule$accepted)
    } else if (!takes(rule, entry[[name]])) {
      refuse(where, name, entry[[name]], rule$accepted)
    }
  }
  # A key may be empty, so by position.
  for (i in which(!names(entry) %in% names(fields))) {
    refuse(where, names(entry)[[i]], entry[[i]], paste("only the fields", paste(names(fields), collapse = ", ")))
  }
}

# The entries by id, each completed, given its place; an entry that is no mapping is refused, and an id that two have.
complete_entries <- function(where, entries, kind, separator, complete) {
  completed <- lapply(seq_along(entries), function(i) {
    entry <- entries[[i]]
    number <- paste(kind, "number", i)
    if (!is_mapping(entry)) {
      refuse(where, number, entry, "a mapping")
    }
    name <- if (is_text(entry[["id"]])) paste0(kind, " '", entry[["id"]], "'") else number
    complete(paste0(where, separator, name), entry)
  })
  names(completed) <- vapply(completed, `[[`, "", "id")
  if (anyDuplicated(names(completed))) {
    twice <- names(completed)[[anyDuplicated(names(completed))]]
    refuse(where, paste(kind, "id"), twice, paste("an id that no other", kind, "has"))
  }
  completed
}

# Refuses an id that cannot name a file or folder everywhere, or whose folder belongs to something else.
refuse_names <- function(where, kind, ids, taken = character()) {
  for (id in ids) {
    accepted <- if (nchar(id) > MAX_ID) {
      sprintf("an id of at most %d characters", as.integer(MAX_ID))
    } else if (sub("[.].*$", "", id) %in% DEVICES) {
      "an id that is no device of Windows: con, prn, aux, nul, com1 to com9, lpt1 to lpt9"
    } else if (id %in% taken) {
      paste("an id whose folder belongs to nothing else: none of", paste(taken, collapse = ", "))
    }
    if (!is.null(accepted)) refuse(where, paste(kind, "id"), id, accepted)
  }
}
