# Engine 'pytorch': the verbs that are functions of tensors, and where a verb is looked up.

#' @include engine-python.R
NULL

.py$functions <- new.env(parent = emptyenv())

# torch.<name>, fetched once.
python_function <- function(name) {
  .py$functions[[name]] %||% (.py$functions[[name]] <- .py$torch[[name]])
}

# A function of one tensor and nothing else: the hot ones, without any conversion.
ELEMENTWISE <- scan(what = "", quiet = TRUE, text = "
  abs acos asin atan ceil cos cosh erf exp expm1 floor isfinite isinf isnan log log10 log1p log2 logical_not
  neg reciprocal relu round rsqrt sigmoid sign sin sinh sqrt square tan tanh trunc t trace
")

elementwise <- function(name) {
  force(name)
  function(self) python_function(name)(self)
}

# A function of two tensors or a tensor and a number.
PAIRWISE <- scan(what = "", quiet = TRUE, text = "
  atan2 bmm div dot eq fmod ge gt hypot le logaddexp logical_and logical_or logical_xor lt matmul maximum
  minimum mm mul mv ne outer pow remainder
")

pairwise <- function(name) {
  force(name)
  function(self, other, ...) {
    if (is_tensor(self)) other <- as_operand(other, self) else self <- tensor_operand(self, other)
    python_function(name)(self, other, ...)
  }
}

# Of the two-tensor functions only pow() takes a number first.
tensor_operand <- function(value, other) {
  if (length(value) == 1) tensor_like(value, other)$squeeze() else tensor_like(value, other)
}

# Functions that are methods too: torch_sum(x, dim = 1) is x$sum(dim = 1).
AS_METHODS <- scan(what = "", quiet = TRUE, text = "
  add addcdiv addcmul amax amin argmax argmin argsort chunk clamp clone cumprod cumsum diag diff flip
  flatten gather index_select lerp logsumexp masked_select max mean median min movedim narrow norm nonzero
  prod quantile repeat_interleave reshape roll sort split squeeze std sub sum topk transpose tril triu
  unbind unsqueeze var multinomial bernoulli equal allclose isclose
")

as_method <- function(name) {
  force(name)
  function(self, ...) {
    if (is.numeric(self)) self <- pytorch_tensor(self)
    tensor_function(name)(self, ...)
  }
}

# Functions of a list of tensors.
LISTWISE <- c("cat", "stack", "vstack", "hstack")

listwise <- function(name) {
  force(name)
  function(tensors, dim = 1L) {
    if (name %in% c("vstack", "hstack")) {
      return(python_function(name)(unname(tensors)))
    }
    python_function(name)(unname(tensors), convert_argument(dim, "dim"))
  }
}

LINALG <- c("norm", "inv", "det", "solve", "eigh", "eigvalsh", "cholesky", "qr", "svd", "cond")

linear_algebra <- function(name) {
  force(name)
  function(...) {
    arguments <- convert_arguments(list(...), character())
    from_python(do.call(.py$torch$linalg[[name]], arguments))
  }
}

OTHER_FUNCTIONS <- list(
  torch_einsum = function(equation, tensors = list(), ...) {
    python_function("einsum")(equation, unname(tensors))
  },
  torch_where = function(condition, self = NULL, other = NULL) {
    if (is.null(self)) {
      return(condition$nonzero(as_list = TRUE))
    }
    if (is.numeric(self) && is_tensor(other)) self <- tensor_operand(self, other)
    if (is.numeric(other) && is_tensor(self)) other <- tensor_operand(other, self)
    python_function("where")(condition, self, other)
  },
  torch_meshgrid = function(tensors, indexing = "ij") {
    from_python(python_function("meshgrid")(unname(tensors), indexing = indexing))
  }
)

prefixed <- function(prefix, names, make) {
  stats::setNames(lapply(names, make), paste0(prefix, names))
}

# Every verb of this engine, by name. Built when it is first asked for: it collects from all the files.
pytorch_verbs <- function() {
  if (is.null(.py$verbs)) {
    .py$verbs <- list2env(c(
      CREATION_VERBS, TYPE_VERBS, prefixed("torch_", ELEMENTWISE, elementwise),
      prefixed("torch_", PAIRWISE, pairwise), prefixed("torch_", AS_METHODS, as_method),
      prefixed("torch_", LISTWISE, listwise), prefixed("linalg_", LINALG, linear_algebra), OTHER_FUNCTIONS,
      AUTOGRAD_VERBS, MODULE_VERBS, layer_verbs(), functional_verbs(), OPTIMIZER_VERBS, SCHEDULER_VERBS
    ))
  }
  .py$verbs
}

find_pytorch_verb <- function(name) {
  verb <- pytorch_verbs()[[name]]
  if (is.null(verb)) {
    gradpath_stop(paste0(
      "gradpath: engine 'pytorch' has no '", name, "' yet; install {torch} or open an issue"
    ))
  }
  verb
}
