# Engine 'pytorch': where a verb is looked up, and the verbs that are R's own: those that evaluate code, make modules
# or ask about R's objects. The table of the others is Python's, gradpath_verbs.py.

#' @include engine-pytorch-modules.R
NULL

with_grad_mode <- function(mode) {
  force(mode)
  function(code) {
    before <- .py$set_grad_enabled(mode)
    on.exit(.py$set_grad_enabled(before))
    force(code)
  }
}

R_VERBS <- list(
  torch_tensor = pytorch_tensor,
  torch_scalar_tensor = function(value, dtype = NULL, device = NULL, requires_grad = FALSE) {
    pytorch_tensor(value, dtype, device)$squeeze()$requires_grad_(requires_grad)
  },
  as_array = function(x) as.array(x),
  is_undefined_tensor = function(x) is.null(x),
  is_torch_dtype = function(x) inherits(x, "torch.dtype"),
  is_torch_device = function(object) inherits(object, "torch.device"),
  is_torch_memory_format = function(x) inherits(x, "torch.memory_format"),
  # A list of tensors: Python hands it over quicker than R takes it apart.
  autograd_grad = function(...) .py$autograd_grad(...),
  with_no_grad = with_grad_mode(FALSE),
  with_enable_grad = with_grad_mode(TRUE),
  with_torch_manual_seed = function(code, ..., seed) {
    before <- torch_get_rng_state()
    on.exit(torch_set_rng_state(before))
    torch_manual_seed(seed)
    force(code)
  },
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
  nn_module = pytorch_nn_module,
  nn_sequential = nn_sequential_of,
  nn_module_list = nn_module_list_of,
  nn_buffer = function(x, persistent = TRUE) {
    structure(list(tensor = x, persistent = persistent), class = "gradpath_buffer")
  },
  is_nn_module = function(x) inherits(x, "nn_module"),
  is_nn_parameter = function(x) inherits(x, "torch.nn.parameter.Parameter"),
  is_nn_buffer = function(x) inherits(x, "gradpath_buffer"),
  is_optimizer = function(x) inherits(x, "torch_optimizer")
)

find_pytorch_verb <- function(name) {
  known <- verb_names(setdiff(names(VERBS), "torch_only"))
  make <- switch(sub("_.*", "", name), nn = layer, optim = optimizer_verb, lr = scheduler_verb, function(name) NULL)
  own <- R_VERBS[[name]] %||% if (name %in% known) python_function("verb", name) %||% make(name)
  if (is.null(own)) {
    gradpath_stop(paste0(
      "gradpath: engine 'pytorch' has no '", name, "' yet; install {torch} or open an issue"
    ))
  }
  own
}
