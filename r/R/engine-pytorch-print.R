# Engine 'pytorch': prints a tensor as {torch} does: the numbers in columns of one width, then type and shape.

#' @export
#' @method print torch.Tensor
print.torch.Tensor <- function(x, ..., n = 30) {
  about <- from_python(.py$about(x))
  lines <- tensor_lines(as.array(x), as.integer(unlist(about$shape)), about$whole)
  if (n > 0 && length(lines) > n) {
    lines <- c(lines[seq_len(n)], "... [the output was truncated (use n=-1 to disable)]")
  }
  last <- paste0("[ ", about$type, "{", paste(unlist(about$shape), collapse = ","), "} ]")
  if (!is.null(about$grad_fn)) {
    last <- paste0(last, "[ grad_fn = <", about$grad_fn, "> ]")
  } else if (about$requires_grad) {
    last <- paste0(last, "[ requires_grad = TRUE ]")
  }
  writeLines(c("torch_tensor", lines, last))
  invisible(x)
}

tensor_lines <- function(values, shape, whole) {
  if (length(values) == 0) {
    return(character())
  }
  if (length(shape) == 0) {
    return(format_alone(as.numeric(values)))
  }
  if (length(shape) == 1) {
    style <- number_style(values)
    return(c(scale_line(style), format_numbers(values, style)))
  }
  if (length(shape) == 2) {
    return(matrix_lines(matrix(values, shape[[1]]), indent = 0))
  }
  slices <- expand.grid(lapply(rev(shape[seq_len(length(shape) - 2)]), seq_len))
  blocks <- lapply(seq_len(nrow(slices)), function(i) {
    at <- rev(unlist(slices[i, ]))
    slice <- do.call(`[`, c(list(values), as.list(at), list(TRUE, TRUE), drop = FALSE))
    head <- paste0("(", paste(at, collapse = ","), ",.,.) = ")
    c(if (i > 1) "", head, matrix_lines(matrix(slice, shape[[length(shape) - 1]]), indent = 1))
  })
  unlist(blocks)
}

# Columns in chunks of at most 80 letters. The first row follows its heading at once; that is how {torch}
# prints.
matrix_lines <- function(values, indent) {
  style <- number_style(values)
  at_once <- max(1, (80 - indent) %/% (style$width + 1))
  inset <- strrep(" ", indent)
  scaled <- style$scale != 1
  starts <- seq(1, ncol(values), by = at_once)
  unlist(lapply(starts, function(from) {
    to <- min(from + at_once - 1, ncol(values))
    rows <- apply(matrix(format_numbers(values[, from:to], style), nrow(values)), 1, paste, collapse = " ")
    heading <- if (at_once < ncol(values)) paste0("Columns ", from, " to ", to, inset) else ""
    rows[-1] <- paste0(inset, if (scaled) " ", rows[-1])
    rows[[1]] <- if (scaled) paste0(inset, rows[[1]]) else paste0(heading, rows[[1]])
    c(if (from > 1) "", if (scaled) paste0(heading, scale_line(style)), rows)
  }))
}

# One width and one form for all numbers: whole, fixed with 4 decimals (perhaps over a common factor), or with
# exponents where they span more than four powers of ten.
number_style <- function(values) {
  finite <- abs(as.numeric(values[is.finite(values)]))
  digits <- function(z) if (z == 0) 1 else floor(log10(z)) + 1
  small <- if (length(finite)) digits(min(finite)) else 1
  large <- if (length(finite)) digits(max(finite)) else 1
  if (all(finite == ceiling(finite))) {
    return(whole_style(large))
  }
  if (large - small > 4) {
    return(list(form = "exponent", width = if (max(abs(c(small, large))) > 99) 12 else 11, scale = 1))
  }
  if (large > 5 || large < 0) {
    return(list(form = "fixed", width = 7, scale = 10^(large - 1)))
  }
  list(form = "fixed", width = if (large == 0) 7 else large + 6, scale = 1)
}

whole_style <- function(digits) {
  if (digits > 9) {
    return(list(form = "exponent", width = 11, scale = 1))
  }
  list(form = "whole", width = digits + 1, scale = 1)
}

scale_line <- function(style) {
  if (style$scale != 1) paste(format_alone(style$scale), "*")
}

format_numbers <- function(values, style) {
  scaled <- as.numeric(values) / style$scale
  shown <- switch(style$form,
    whole = sprintf("%.0f", scaled),
    exponent = sprintf("%.4e", scaled),
    fixed = sprintf("%.4f", scaled)
  )
  shown[is.nan(scaled)] <- "nan"
  shown[is.infinite(scaled)] <- ifelse(scaled[is.infinite(scaled)] > 0, "inf", "-inf")
  paste0(strrep(" ", pmax(0, style$width - nchar(shown))), shown)
}

# A number by itself has as many digits as it takes to tell it from its neighbours.
format_alone <- function(value) {
  if (is.nan(value)) {
    return("nan")
  }
  if (is.infinite(value)) {
    return(if (value > 0) "inf" else "-inf")
  }
  tries <- sprintf(c("%.15g", "%.16g", "%.17g"), value)
  tries[as.numeric(tries) == value][[1]]
}

#' @export
#' @method print torch.dtype
print.torch.dtype <- function(x, ...) {
  name <- sub("torch.", "", reticulate::py_str(x), fixed = TRUE)
  words <- c(float32 = "Float", float64 = "Double", float16 = "Half", bfloat16 = "BFloat16", int64 = "Long",
             int32 = "Int", int16 = "Short", int8 = "Char", uint8 = "Byte", bool = "Bool")
  cat("torch_", if (name %in% names(words)) words[[name]] else name, "\n", sep = "")
  invisible(x)
}

#' @export
#' @method print torch.device
print.torch.device <- function(x, ...) {
  index <- if (!is.null(x$index)) paste0(", index=", x$index)
  cat("torch_device(type='", x$type, "'", index, ") \n", sep = "")
  invisible(x)
}
