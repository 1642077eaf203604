# What check_rule() found, as text, as a page's part, and as a picture.

#' @include checks-mistakes.R
NULL

VERDICTS <- list(agrees = "it agrees", differs = "it differs", fails = "it fails")

new_rule_report <- function(found) {
  structure(c(found, list(agrees = found$verdict == "agrees")), class = "gradpath_rule_report")
}

# The report as lines of text, the verdict first.
report_lines <- function(report) {
  head <- paste0(report$name, " against ", report$like, ": ", VERDICTS[[report$verdict]])
  notes <- sprintf("  note: %s", report$notes)
  held <- if (length(report$held)) {
    sprintf("  not taken, held at the defaults of %s: %s", report$like, paste(report$held, collapse = ", "))
  }
  c(head, report_findings(report), notes, held)
}

# Where a rule differs, or how it fails, in one line; NULL if it agrees.
report_first <- function(report) {
  d <- report$difference
  if (!is.null(report$problem) || is.null(d)) {
    return(report$problem)
  }
  numbers <- in_digits(d$got, d$expected)
  sprintf(
    "case %d (%s), step %d: %s is %s in place of %s (number %d of %d)",
    as.integer(d$case), d$case_is, as.integer(d$step), d$quantity, numbers[[1]], numbers[[2]],
    as.integer(d$number), as.integer(d$size)
  )
}

report_findings <- function(report) {
  if (report$agrees) {
    return(c(
      sprintf(
        paste(
          "  %d cases of %d steps: every x within %s (float64) and %s (float32) of ours,",
          "relative to the largest that it has been"
        ),
        as.integer(report$cases), as.integer(report$steps), sprintf("%g", TOLERANCE$float64),
        sprintf("%g", TOLERANCE$float32)
      ),
      sprintf(
        "  in the worst number %d of 53 bits agree in float64, %d of 24 in float32", as.integer(report$bits),
        as.integer(report$bits32)
      )
    ))
  }
  d <- report$difference
  found <- if (is.null(report$problem)) paste0("  first in ", report_first(report)) else paste0("  ", report$problem)
  if (is.null(report$problem) && d$quantity != "x" && !startsWith(d$quantity, "the given ")) {
    numbers <- in_digits(d$x_got, d$x_expected)
    and_x <- sprintf("  and x from step %d on: %s in place of %s", as.integer(d$x_step), numbers[[1]], numbers[[2]])
    found <- c(found, and_x)
  }
  if (!is.null(report$mistake)) {
    mistake <- MISTAKES[[report$mistake]]
    return(c(
      found, paste0("  a classic mistake: ", mistake$name), paste0("  ", mistake$why), paste0("  see ", mistake$see)
    ))
  }
  c(found, if (report$verdict == "differs") "  no single classic mistake gives these numbers")
}

# Two numbers with as many digits as it takes to tell them apart, and six at least.
in_digits <- function(got, expected) {
  for (digits in 6:17) {
    texts <- vapply(c(got, expected), digits_of, "", digits = digits)
    if (texts[[1]] != texts[[2]]) break
  }
  texts
}

digits_of <- function(number, digits) {
  if (is.nan(number)) {
    return("nan")
  }
  if (is.infinite(number)) {
    return(if (number > 0) "inf" else "-inf")
  }
  sprintf("%.*g", as.integer(digits), number)
}

# What was found as plain values, for JSON.
report_values <- function(report) {
  mistake <- if (!is.null(report$mistake)) MISTAKES[[report$mistake]]
  list(
    name = report$name, like = report$like, verdict = report$verdict, mistake = report$mistake, why = mistake$why,
    see = mistake$see, first = report_first(report), bits = report$bits, bits32 = report$bits32,
    notes = I(report$notes), held = I(report$held), lines = I(report_lines(report))
  )
}

#' @export
print.gradpath_rule_report <- function(x, ...) {
  cat(report_lines(x), sep = "\n")
  invisible(x)
}

#' @export
format.gradpath_rule_report <- function(x, ...) {
  paste(report_lines(x), collapse = "\n")
}

# In a notebook.
#' @exportS3Method repr::repr_html
repr_html.gradpath_rule_report <- function(obj, ...) { # nolint: object_name_linter.
  escape <- function(text) {
    text <- gsub("&", "&amp;", text, fixed = TRUE)
    gsub(">", "&gt;", gsub("<", "&lt;", text, fixed = TRUE), fixed = TRUE)
  }
  lines <- escape(trimws(report_lines(obj)))
  items <- paste0("<li>", lines[-1], "</li>\n", collapse = "")
  paste0("<p><strong>", lines[[1]], "</strong></p>\n<ul>\n", items, "</ul>")
}

#' Draw what check_rule() compared
#'
#' The path of the rule over that of ours, down a bowl that is ten times steeper along one axis.
#'
#' @param x A report of [check_rule()].
#' @param theme `"light"` or `"dark"`.
#' @param ... Not used.
#' @return A ggplot.
#' @export
#' @examplesIf has_engine()
#' uphill <- function(x, g, state, lr) list(x = x + g * lr, state = state)
#' plot(check_rule(uphill, like = "sgd"))
plot.gradpath_rule_report <- function(x, theme = "light", ...) {
  plot_rule(x$rule, x$like, x$name, x$taken, theme)
}
