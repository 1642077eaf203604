# A lint: no tensor is made from a matrix or an array. {torch} does not copy the memory of one that has a single
# row or column and holds the tensor's own type, so that the tensor holds other numbers after the next garbage
# collection. Plain vectors are copied: torch_tensor(values, ...)$reshape(shape) is safe whatever the shape is.
# How many rows there are is seldom known before the code runs, so every matrix is refused.

# Functions that give something with dimensions.
MAKERS <- c(
  "matrix", "array", "cbind", "rbind", "t", "outer", "diag", "crossprod", "tcrossprod", "as.matrix", "as.array",
  "as_array", "data.matrix", "aperm", "sapply", "simplify2array", "expand.grid", "%o%", "%*%", "structure"
)
# Functions whose result has the dimensions of what they are given.
KEEPERS <- c(
  "(", "+", "-", "*", "/", "^", "%%", "%/%", "abs", "sqrt", "exp", "log", "sin", "cos", "round", "floor",
  "ceiling", "unname", "ifelse", "identity", "force", "invisible", "pmin", "pmax"
)

# Whether the value of this code may have dimensions, as far as the code of its file tells; `known` are the names
# that are given such values somewhere in it.
may_be_matrix <- function(code, known) {
  if (is.name(code)) {
    return(as.character(code) %in% known)
  }
  if (!is.call(code)) {
    return(FALSE)
  }
  arguments <- as.list(code)[-1]
  inside <- function(part) may_be_matrix(part, known)
  name <- called_name(code)
  if (identical(name, "[")) {
    return(keeps_rows(code))
  }
  if (name %in% c("if", "{")) {
    values <- if (name == "{") utils::tail(arguments, 1) else arguments[-1]
    return(any(vapply(values, inside, TRUE)))
  }
  name %in% MAKERS || (name %in% KEEPERS && any(vapply(arguments, inside, TRUE)))
}

called_name <- function(code) {
  called <- code[[1]]
  if (is.call(called) && is.name(called[[1]]) && called_name(called) %in% c("::", ":::")) called <- called[[3]]
  if (is.name(called)) as.character(called) else ""
}

# x[i, j] drops its dimensions where one index is a single number: not where drop = FALSE says so, and not for
# x[, j] with indices that stand for several.
keeps_rows <- function(code) {
  arguments <- as.list(code)[-(1:2)]
  if ("drop" %in% names(arguments)) {
    return(!isTRUE(arguments$drop))
  }
  length(arguments) > 1 && all(vapply(arguments, is_several, TRUE))
}

is_several <- function(index) {
  if (is.name(index)) {
    return(!nzchar(as.character(index)))
  }
  is.call(index) && called_name(index) %in% c(":", "c", "-", "seq", "seq_len", "which", "<", ">", "==", "!=")
}

# The names that are given something with dimensions, in any function of a file.
matrix_names <- function(code) {
  known <- character()
  repeat {
    found <- union(known, assigned_matrices(code, known))
    if (length(found) == length(known)) {
      return(known)
    }
    known <- found
  }
}

assigned_matrices <- function(code, known) {
  if (!is.recursive(code) || is.function(code) || is.environment(code)) {
    return(character())
  }
  # Missing arguments, as in x[, 1], are no code.
  parts <- Filter(function(part) !identical(part, quote(expr = )), as.list(code))
  inside <- unlist(lapply(parts, assigned_matrices, known))
  is_assignment <- is.call(code) && called_name(code) %in% c("<-", "=", "<<-") && length(code) == 3
  if (!is_assignment) {
    return(inside)
  }
  target <- code[[2]]
  if (is.name(target) && may_be_matrix(code[[3]], known)) {
    inside <- c(inside, as.character(target))
  }
  # dim(x) <- shape
  if (is.call(target) && called_name(target) == "dim" && is.name(target[[2]])) {
    inside <- c(inside, as.character(target[[2]]))
  }
  inside
}

memory_linter <- function() {
  lintr::Linter(function(source_expression) {
    if (!lintr::is_lint_level(source_expression, "file")) {
      return(list())
    }
    code <- parse(text = source_expression$file_lines, keep.source = FALSE)
    known <- matrix_names(code)
    calls <- xml2::xml_find_all(
      source_expression$full_xml_parsed_content,
      "//SYMBOL_FUNCTION_CALL[text() = 'torch_tensor']/parent::expr/parent::expr"
    )
    unsafe <- vapply(calls, function(node) {
      call <- parse(text = text_of(node, source_expression$file_lines), keep.source = FALSE)[[1]]
      data <- as.list(match.call(function(data, dtype, device, requires_grad, pin_memory) NULL, call))$data
      !is.null(data) && may_be_matrix(data, known)
    }, TRUE)
    # A buffer is a view by design: it is copied at once or it is somebody else's memory.
    buffers <- xml2::xml_find_all(
      source_expression$full_xml_parsed_content,
      "//SYMBOL_FUNCTION_CALL[text() = 'torch_tensor_from_buffer']/parent::expr/parent::expr
         [not(following-sibling::OP-DOLLAR[1]/following-sibling::SYMBOL_FUNCTION_CALL[1][text() = 'clone'])]"
    )
    refused <- function(nodes, message) {
      lintr::xml_nodes_to_lints(nodes, source_expression, lint_message = message, type = "warning")
    }
    c(
      refused(calls[unsafe], paste(
        "{torch} may not copy the memory of a matrix: make the tensor from a plain vector,",
        "torch_tensor(values, ...)$reshape(shape)."
      )),
      refused(buffers, "torch_tensor_from_buffer() does not copy: add $clone().")
    )
  })
}

# The code that a node of the parsed file stands for.
text_of <- function(node, lines) {
  at <- function(name) as.integer(xml2::xml_attr(node, name))
  text <- lines[at("line1"):at("line2")]
  text[[length(text)]] <- substr(text[[length(text)]], 1, at("col2"))
  text[[1]] <- substr(text[[1]], at("col1"), nchar(text[[1]]))
  text
}
