# A rule of one's own: any function of x, g, state and hyperparameters, wherever a method's name is taken.
#
# Its hyperparameters and their defaults are those of its formals. Each of its steps is checked: what it does wrong is
# one line that names it and the step, and what stops in it is shown with its own call. Our own rules do not go
# through these checks.

#' @include refusals.R accepted.R rules.R
NULL

ANY_VALUE <- list(
  function(value) is_number(value) || isTRUE(value) || isFALSE(value) || is.character(value) && length(value) == 1,
  "a finite number, a text, or true or false"
)
A_PAIR <- "let it give the next x and the next state"
OWN_RULE <- "use one of x, g, state and hyperparameters by name"

# The rule of a name, or one made of a function: a list as new_rule() makes it, but for the library's object. `source`
# are the first 16 hexadecimal digits of the SHA-256 of the deparsed function, `defaults` those of its hyperparameters
# that R can tell before the call, `required` those without one, and `again()` gives the same step with a count of its
# own.
as_rule <- function(where, rule, name = "function") {
  if (ACCEPTED$optimizer[[1]](rule)) {
    return(RULES[[rule]])
  }
  if (!is.function(rule)) {
    refuse(where, "optimizer", rule, paste0(one_of(optimizer_names()), ", or a function of x, g, state"))
  }
  name <- printable(name)
  parameters <- hyperparameters_of(where, name, rule)
  again <- function() own_step(where, name, rule)
  fields <- lapply(stats::setNames(nm = names(parameters)), function(p) if (p == "lr") NOT_NEGATIVE else ANY_VALUE)
  own <- list(
    name = name, step = again(), again = again, fields = fields, defaults = own_defaults(rule, parameters),
    required = names(Filter(is_required, parameters)),
    source = substr(cli::hash_sha256(paste(deparse(rule), collapse = "\n")), 1, 16)
  )
  structure(own, class = c("gradpath_own_rule", "gradpath_rule"))
}

is_own_rule <- function(rule) inherits(rule, "gradpath_own_rule")

# What a function was called where it was given, from the expression that stood there.
name_of <- function(given) {
  if (is.call(given) && length(given) == 3 && as.character(given[[1]])[[1]] %in% c("::", ":::")) given <- given[[3]]
  if (is.symbol(given)) as.character(given) else "function"
}

hyperparameters_of <- function(where, name, rule) {
  place <- paste0(where, ": optimizer: ")
  shown <- args(rule)
  if (is.null(shown)) {
    gradpath_stop(paste0(place, name, " does not say what it takes; ", OWN_RULE))
  }
  parameters <- formals(shown)
  if ("..." %in% names(parameters)) {
    gradpath_stop(paste0(place, name, " takes any arguments; ", OWN_RULE))
  }
  if (length(parameters) < 3) {
    gradpath_stop(paste0(place, "a function of ", length(parameters), " arguments is not accepted; ", OWN_RULE))
  }
  parameters[-(1:3)]
}

# A default that names other arguments is R's to find, during the call.
own_defaults <- function(rule, parameters) {
  own <- names(formals(args(rule)))
  known <- list()
  for (name in names(parameters)) {
    # A variable that holds no default cannot be looked at.
    if (!is_required(parameters[[name]]) && !any(all.names(parameters[[name]]) %in% own)) {
      known[name] <- list(eval(parameters[[name]], environment(rule) %||% baseenv()))
    }
  }
  known
}

# One step of a rule of the reader's own, checked, with a count of the steps taken.
own_step <- function(where, name, rule) {
  taken <- 0
  place <- function() sprintf("%s: optimizer: %s, step %d", where, name, as.integer(taken))
  wrong <- function(...) gradpath_stop(paste0(place(), ": ", ...))
  call_rule <- by_its_name(if (name == "function") "optimizer" else name, rule)
  function(x, g, state, ...) {
    taken <<- taken + 1
    before <- c(version_of(x), version_of(g))
    made <- tryCatch(
      call_rule(x, g, state, list(...)),
      gradpath_error = function(problem) stop(problem),
      error = function(problem) user_failure(place(), problem)
    )
    changed <- c("x", "gradient")[c(version_of(x), version_of(g)) != before]
    if (length(changed)) wrong("changes the ", changed[[1]], " that it is given in place; let it make a new tensor")
    check_made(made, x, g, state, wrong)
    made[c("x", "state")]
  }
}

# Calls a function under its name and with the names of its arguments, so that the call in the message of an error
# reads as the reader would write it.
by_its_name <- function(name, rule) {
  functions <- new.env(parent = baseenv())
  assign(name, rule, envir = functions)
  given <- new.env(parent = functions)
  first <- names(formals(args(rule)))[1:3]
  function(x, g, state, hyperparameters) {
    list2env(stats::setNames(list(x, g, state), first), given)
    list2env(hyperparameters, given)
    named <- lapply(stats::setNames(nm = names(hyperparameters)), as.name)
    eval(as.call(c(as.name(name), lapply(first, as.name), named)), given)
  }
}

# Refuses what a step gave where it is no next point and state.
check_made <- function(made, x, g, state, wrong) {
  if (!is.list(made) || length(made) != 2 || !setequal(names(made), c("x", "state"))) wrong("gave no pair; ", A_PAIR)
  if (!is_any_tensor(made$x)) wrong("gave an x that is no tensor; ", A_PAIR)
  if (!has_parts_by_name(made$state)) wrong("gave no state that holds its parts by name; ", A_PAIR)
  check_alike(made$x, x, wrong)
  # One sum says whether there may be a nan; only then is every number looked at.
  broken <- is.nan(made$x$sum()$item()) && torch_isnan(made$x)$any()$item()
  if (broken && are_finite(c(list(x, g), state))) {
    wrong("gave nan from finite numbers; look for 0/0 or the root of a negative number in it")
  }
}

has_parts_by_name <- function(state) {
  is.list(state) && (length(state) == 0 || !is.null(names(state)) && all(nzchar(names(state))))
}

# Refuses a next point of another kind than the one before.
check_alike <- function(new, x, wrong) {
  if (!identical(dim(new), dim(x))) {
    shapes <- sub("a tensor of shape ", "", c(shape_text(dim(new)), shape_text(dim(x))), fixed = TRUE)
    wrong("gave an x of shape ", shapes[[1]], " for one of shape ", shapes[[2]], "; let it keep the shape")
  }
  if (new$dtype != x$dtype) {
    wrong("gave an x of ", dtype_name(new), " for one of ", dtype_name(x), "; let it keep the dtype")
  }
  if (new$device != x$device) {
    wrong("gave an x on ", device_text(new), " for one on ", device_text(x), "; let it keep the device")
  }
}

# A path that overflows may give nan: that is its divergence, not the rule's fault.
are_finite <- function(values) {
  all(vapply(values, FUN.VALUE = TRUE, function(value) {
    if (is.numeric(value)) {
      return(all(is.finite(value)))
    }
    !is_any_tensor(value) || !value$is_floating_point() || torch_isfinite(value)$all()$item()
  }))
}

# How often a tensor was changed in place, with either engine.
version_of <- function(x) if (inherits(x, "torch_tensor")) as.numeric(x$`_version`()) else .py$version(x)

device_text <- function(x) {
  index <- x$device$index
  if (is.null(index) || x$device$type == "cpu") x$device$type else paste0(x$device$type, ":", index)
}

# The state of an own rule as tensors by name, fit for a file.
state_as_tensors <- function(where, name, state) {
  one_number <- function(value) (is.numeric(value) || is.logical(value)) && length(value) == 1
  stored <- lapply(names(state), function(key) {
    value <- state[[key]]
    if (is_any_tensor(value)) {
      return(value)
    }
    if (!one_number(value)) {
      gradpath_stop(paste0(
        where, ": optimizer: ", name, " keeps '", key, "', neither a tensor nor a number, in its state; a checkpoint",
        " holds only those"
      ))
    }
    torch_tensor(value, dtype = if (is.double(value)) torch_float64())$squeeze()
  })
  stats::setNames(stored, paste0(names(state), ifelse(vapply(state, one_number, TRUE), NUMBER, "")))
}

# The state that state_as_tensors() stored, its tensors on a device.
state_from_tensors <- function(stored, device) {
  state <- lapply(names(stored), function(key) {
    value <- stored[[key]]
    if (!endsWith(key, NUMBER)) {
      return(value$to(device = device))
    }
    as_number <- switch(dtype_name(value), float64 = as.numeric, bool = as.logical, as.integer)
    as_number(value$item())
  })
  stats::setNames(state, sub(NUMBER, "", names(stored), fixed = TRUE))
}

NUMBER <- " (number)"
