# Draws the path of a reader's rule over that of ours.

RULE_SURFACE <- "anisotropic_paraboloid"
RULE_START <- c(5.1, 2.3)
RULE_STEPS <- 30
# Rates with which ours comes near the minimum in so many steps without leaving the picture.
RULE_RATES <- list(
  sgd = list(lr = 0.4),
  momentum = list(lr = 0.1, momentum = 0.7),
  nesterov = list(lr = 0.1, momentum = 0.7),
  adagrad = list(lr = 3.7),
  rmsprop = list(lr = 0.1, alpha = 0.9),
  adam = list(lr = 0.6),
  adamw = list(lr = 0.6, weight_decay = 0.05)
)

# Both paths over the contour lines of an elongated bowl.
plot_rule <- function(rule, like, name, taken, theme) {
  known <- RULE_RATES[[like]][intersect(names(RULE_RATES[[like]]), taken)]
  paths <- lapply(list(UPDATE_RULES[[like]], rule), rule_path, known = known)
  rates <- paste0(names(known), " ", vapply(known, function(value) sprintf("%g", value), ""), collapse = ", ")
  title <- paste0(name, " against ", like, if (length(known)) paste0(", ", rates))
  plot_paths(paths, RULE_SURFACE, c(like, name), title = title, theme = theme)
}

rule_path <- function(rule, known) {
  surface <- get_surface(RULE_SURFACE)
  x <- torch_tensor(RULE_START, dtype = torch_float64())
  state <- list()
  points <- list(RULE_START)
  for (step in seq_len(RULE_STEPS)) {
    x <- x$detach()$clone()$requires_grad_(TRUE)
    g <- gradient_at(surface(x), x)
    # The report says how a rule fails; its path ends where it did.
    taken <- tryCatch(
      with_no_grad({
        do.call(rule, c(list(x$detach()$clone(), g, state), known), quote = TRUE)
      }),
      error = function(problem) NULL
    )
    point <- tryCatch(as.numeric(taken$x$reshape(2)), error = function(problem) NaN)
    if (!all(is.finite(point))) break
    points[[step + 1]] <- point
    x <- taken$x
    state <- taken$state %||% list()
  }
  points <- do.call(rbind, points)
  data.frame(x1 = points[, 1], x2 = points[, 2])
}
