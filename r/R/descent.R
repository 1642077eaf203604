# descend(): one path of one optimizer down one surface.

#' One path of one optimizer down one surface
#'
#' @param surface A name of [surface_names()], a surface, or a function that takes a tensor of shape (2) and returns the
#'   value there as a tensor of one element, made of operations that autograd can differentiate.
#' @param start Two finite numbers.
#' @param optimizer `"sgd"`, `"momentum"`, `"nesterov"`, `"adagrad"`, `"rmsprop"`, `"adam"` or `"adamw"`.
#' @param steps How many updates; 0 to 1,000,000.
#' @param method `"manual"`, the update rule written out, or `"optim"`, the library's optimizer object.
#' @param dtype `"float64"` or `"float32"`.
#' @param device `"cpu"`, `"cuda"` or `"cuda:N"`.
#' @param ... Hyperparameters: `lr`, `momentum`, `alpha`, `beta1`, `beta2`, `eps`, `weight_decay`, `init`,
#'   `bias_correction`, as the optimizer has them; defaults as in [update_rules].
#' @return A data frame with one row per point, the start included: `step` (integer), `x1`, `x2`, `value` (doubles,
#'   holding numbers of `dtype`). Its attributes are surface, start, optimizer, hyperparameters, method, language,
#'   engine, engine_version, dtype, device and status: `"finished"`, or `"diverged at step k"` when step k was no longer
#'   finite; the table then stops before it. Bad input stops with one line, an error of class `gradpath_error`.
#' @export
#' @examplesIf has_engine()
#' path <- descend("isotropic_paraboloid", start = c(6, 6), optimizer = "sgd", steps = 1, lr = 2.5)
#' path$x1
descend <- function(surface, start, optimizer, steps, method = "manual", dtype = "float64", device = "cpu", ...) {
  hyperparameters <- list(...)
  objective <- as_objective(surface)
  require_value("descend()", "start", start)
  require_value("descend()", "optimizer", optimizer)
  require_value("descend()", "steps", steps)
  require_value("descend()", "method", method)
  require_value("descend()", "dtype", dtype)
  checked <- check_hyperparameters("descend()", optimizer, hyperparameters)
  start <- as.numeric(start)
  x <- torch_tensor(start, dtype = engine_verb(paste0("torch_", dtype))(), device = as_device(device))
  advance <- if (method == "manual") by_hand(optimizer, checked) else by_optim(optimizer, checked)

  points <- matrix(0, 3, steps + 1)
  status <- "finished"
  count <- 0
  x$requires_grad_(TRUE)
  for (step in seq(0, steps)) {
    value <- value_at(objective, x)
    point <- c(as.numeric(x), value$item())
    if (!all(is.finite(point))) {
      status <- paste("diverged at step", step)
      break
    }
    count <- count + 1
    points[, count] <- point
    if (step < steps) x <- advance(x, value)
  }

  points <- points[, seq_len(count), drop = FALSE]
  path <- data.frame(step = seq_len(count) - 1L, x1 = points[1, ], x2 = points[2, ], value = points[3, ])
  engine <- engine_info()
  known <- list(
    surface = attr(objective, "name"), start = start, optimizer = optimizer, hyperparameters = checked,
    method = method, language = "r", engine = engine$name, engine_version = engine$version, dtype = dtype,
    device = device, status = status
  )
  attributes(path) <- c(attributes(path), known)
  path
}

by_hand <- function(optimizer, hyperparameters) {
  rule <- UPDATE_RULES[[optimizer]]
  state <- list()
  function(x, value) {
    g <- autograd_grad(value, x)[[1]]
    with_no_grad({
      step <- do.call(rule, c(list(x, g, state), hyperparameters), quote = TRUE)
    })
    state <<- step$state
    step$x$requires_grad_(TRUE)
  }
}

by_optim <- function(optimizer, hyperparameters) {
  opt <- NULL
  function(x, value) {
    first <- is.null(opt)
    if (first) opt <<- do.call(make_optimizer, c(list(optimizer, list(x)), hyperparameters), quote = TRUE)
    opt$zero_grad()
    value$backward()
    if (first) {
      seed_state(opt, hyperparameters$init %||% "zero", hyperparameters$bias_correction %||% TRUE)
    }
    opt$step()
    x
  }
}

as_objective <- function(surface) {
  if (inherits(surface, "gradpath_surface")) {
    return(surface)
  }
  if (is.character(surface) && length(surface) == 1 && surface %in% surface_names()) {
    return(SURFACES[[surface]])
  }
  if (is.function(surface)) {
    return(structure(surface, name = "function"))
  }
  refuse("descend()", "surface", surface, paste0(one_of(surface_names()), ", or a function"))
}

as_device <- function(device) {
  known <- is.character(device) && length(device) == 1
  kind <- if (known) sub(":.*$", "", device) else ""
  index <- if (known && grepl(":", device)) sub("^[^:]*:", "", device) else ""
  # Asked only when it matters: it takes a second in some engines.
  cuda <- kind != "cpu" && cuda_is_available()
  usable <- kind == "cpu" || (kind == "cuda" && cuda)
  devices <- if (cuda) max(1, cuda_device_count()) else 1
  if (!usable || (nzchar(index) && !(grepl("^[0-9]+$", index) && as.numeric(index) < devices))) {
    cuda <- cuda || cuda_is_available()
    accepted <- paste0("cpu", if (cuda) ", cuda" else " (no CUDA device is available here)")
    refuse("descend()", "device", device, accepted)
  }
  torch_device(device)
}

value_at <- function(objective, x) {
  value <- objective(x)
  tensor <- inherits(value, "torch_tensor") || inherits(value, "torch.Tensor")
  if (!tensor || value$numel() != 1) {
    got <- if (tensor) shape_text(value$shape) else class(value)[[1]]
    gradpath_stop(paste0("descend(): surface: returned ", got, "; return a tensor of one element"))
  }
  if (length(value$shape)) value$reshape(integer()) else value
}

# As Python writes a tuple, so that both languages say the same.
shape_text <- function(shape) {
  inside <- if (length(shape) == 1) paste0(shape, ",") else paste(shape, collapse = ", ")
  paste0("a tensor of shape (", inside, ")")
}
