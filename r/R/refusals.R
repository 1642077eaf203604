# How gradpath refuses bad input: one line with the place, the field, the value, and what is accepted.

# Writes a value as both languages' messages show it: 'text', 0.1, nan, true, null, [1, 2].
show_value <- function(value) {
  if (is.null(value)) {
    return("null")
  }
  if (is.list(value)) {
    return(show_list(value))
  }
  if (!is.atomic(value)) {
    return(class(value)[[1]])
  }
  if (length(value) == 1) show_scalar(value) else show_list(as.list(value))
}

# A mapping or a sequence; those of YAML are told apart even when they are empty.
show_list <- function(values) {
  shown <- vapply(values, show_value, "")
  if (is.null(names(values)) || inherits(values, "yaml_sequence")) {
    return(paste0("[", paste(shown, collapse = ", "), "]"))
  }
  paste0("{", paste0(names(values), rep(": ", length(values)), shown, collapse = ", "), "}")
}

show_scalar <- function(value) {
  if (is.character(value)) {
    return(paste0("'", value, "'"))
  }
  if (is.logical(value) && !is.na(value)) {
    return(if (value) "true" else "false")
  }
  # NA is R's own; the other language and YAML only know nan.
  if (is.na(value)) {
    return("nan")
  }
  if (is.infinite(value)) {
    return(if (value > 0) "inf" else "-inf")
  }
  sprintf("%.15g", value)
}

# Stops with one line that has the class "gradpath_error".
refuse <- function(where, field, value, accepted) {
  gradpath_stop(paste0(where, ": ", field, ": ", show_value(value), " is not accepted; use ", accepted))
}

gradpath_stop <- function(text) {
  stop(structure(class = c("gradpath_error", "error", "condition"), list(message = text, call = NULL)))
}

# Writes a list of names as the end of a refusal.
one_of <- function(names) {
  paste("one of", paste(names, collapse = ", "))
}
