# Engine 'pytorch': gradients, seeds, files, devices.

#' @include engine-python.R
NULL

with_grad_mode <- function(mode) {
  force(mode)
  function(code) {
    before <- .py$set_grad_enabled(mode)
    on.exit(.py$set_grad_enabled(before))
    force(code)
  }
}

as_tensor_list <- function(x) if (is_tensor(x)) list(x) else unname(x)

gradients_of <- function(outputs, inputs, grad_outputs = NULL, retain_graph = create_graph,
                         create_graph = FALSE, allow_unused = FALSE) {
  alone <- is_tensor(outputs) && is_tensor(inputs)
  # The common case, one value and one point, is worth its own short way.
  if (alone && is.null(grad_outputs) && !retain_graph && !create_graph) {
    return(list(.py$gradient(outputs, inputs)))
  }
  if (!is.null(grad_outputs)) grad_outputs <- as_tensor_list(grad_outputs)
  from_python(.py$gradients(
    as_tensor_list(outputs), as_tensor_list(inputs), grad_outputs, retain_graph, create_graph, allow_unused
  ))
}

AUTOGRAD_VERBS <- list(
  with_no_grad = with_grad_mode(FALSE),
  with_enable_grad = with_grad_mode(TRUE),
  autograd_set_grad_mode = function(enabled) invisible(.py$set_grad_enabled(enabled)),
  autograd_grad = gradients_of,
  autograd_backward = function(tensors, grad_tensors = NULL, retain_graph = create_graph,
                               create_graph = FALSE) {
    .py$torch$autograd$backward(as_tensor_list(tensors), grad_tensors, retain_graph, create_graph)
    invisible(NULL)
  },
  torch_manual_seed = function(seed) invisible(.py$torch$manual_seed(as.integer(seed))),
  with_torch_manual_seed = function(code, ..., seed) {
    before <- .py$torch$get_rng_state()
    on.exit(.py$torch$set_rng_state(before))
    .py$torch$manual_seed(as.integer(seed))
    force(code)
  },
  torch_get_rng_state = function() .py$torch$get_rng_state(),
  torch_set_rng_state = function(state) invisible(.py$torch$set_rng_state(state)),
  torch_get_num_threads = function() from_python(.py$torch$get_num_threads()),
  torch_set_num_threads = function(num_threads) invisible(.py$torch$set_num_threads(as.integer(num_threads))),
  torch_save = function(obj, path, ...) {
    if (inherits(obj, "nn_module") || inherits(obj, "torch_optimizer")) {
      gradpath_stop(paste(
        "torch_save(): obj:", class(obj)[[1]], "is not accepted; use a tensor or a list of tensors,",
        "such as $state_dict() of it: only such files can be read without running what is in them"
      ))
    }
    .py$torch$save(obj, path.expand(path))
    invisible(obj)
  },
  torch_load = function(path, device = "cpu") from_python(.py$load(path.expand(path), device)),
  cuda_is_available = function() from_python(.py$torch$cuda$is_available()),
  cuda_device_count = function() from_python(.py$torch$cuda$device_count()),
  cuda_synchronize = function(device = NULL) invisible(.py$torch$cuda$synchronize(device)),
  # One state for each device, or that of one device, counted from 0 as {torch} does.
  cuda_get_rng_state = function(device = NULL) {
    if (is.null(device)) {
      return(from_python(.py$torch$cuda$get_rng_state_all()))
    }
    .py$torch$cuda$get_rng_state(as.integer(device))
  },
  cuda_set_rng_state = function(state, device = NULL) {
    if (is.null(device)) {
      devices <- from_python(.py$torch$cuda$device_count())
      if (length(state) != devices) {
        gradpath_stop(paste0("cuda_set_rng_state(): state: has ", length(state), " parts; use ", devices))
      }
      .py$torch$cuda$set_rng_state_all(unname(state))
    } else {
      .py$torch$cuda$set_rng_state(state, as.integer(device))
    }
    invisible(NULL)
  },
  backends_mps_is_available = function() from_python(.py$torch$backends$mps$is_available())
)
