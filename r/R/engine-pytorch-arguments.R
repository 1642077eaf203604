# Engine 'pytorch': R's arguments become Python's, Python's results R's. One table says which arguments need
# it.

# The arguments after the tensor itself, in order, as in {torch}. What the name of an argument says about it
# is in ARGUMENT_KINDS; "..." means that the last one may be given as one vector or as several numbers.
SIGNATURES <- list(
  sum = "dim keepdim dtype", mean = "dim keepdim dtype", prod = "dim keepdim dtype", amax = "dim keepdim",
  amin = "dim keepdim", argmax = "dim keepdim", argmin = "dim keepdim", argsort = "dim descending",
  max = "dim keepdim", min = "dim keepdim", median = "dim keepdim", std = "dim unbiased keepdim",
  var = "dim unbiased keepdim", norm = "p dim keepdim", all = "dim keepdim", any = "dim keepdim",
  logsumexp = "dim keepdim", cumsum = "dim", cumprod = "dim", softmax = "dim", log_softmax = "dim",
  sort = "dim descending", topk = "k dim largest sorted", quantile = "q dim keepdim",
  squeeze = "dim", unsqueeze = "dim", squeeze_ = "dim", unsqueeze_ = "dim", transpose = "dim0 dim1",
  unbind = "dim", flatten = "start_dim end_dim", select = "dim index", narrow = "dim start length",
  index_select = "dim indices", gather = "dim indices", scatter = "dim indices src",
  scatter_ = "dim indices src", index_add_ = "dim indices source_tensor", index_fill_ = "dim indices value",
  chunk = "chunks dim", split = "split_size dim", flip = "dims ...", roll = "shifts dims",
  permute = "dims ...", movedim = "source destination", view = "size ...", reshape = "size ...",
  expand = "size ...", `repeat` = "size ...",
  diag = "diagonal", tril = "diagonal", triu = "diagonal", repeat_interleave = "repeats dim",
  diff = "n dim", uniform_ = "from to", normal_ = "mean std", random_ = "low high", nonzero = "as_list",
  t = "", dim = "", numel = "", item = "", one_hot = "num_classes", multinomial = "count replacement",
  stack = "dim", cat = "dim", pow = "exponent", add = "other alpha", sub = "other alpha", clamp = "min max"
)

# dim: counted from 1 in R, from 0 in Python. whole: R's 2 is Python's int 2. place: one position from 1.
# indices: a tensor of positions from 1.
ARGUMENT_KINDS <- c(
  dim = "dim", dims = "dim", dim0 = "dim", dim1 = "dim", start_dim = "dim", end_dim = "dim", source = "dim",
  destination = "dim", size = "whole", sizes = "whole", shape = "whole", k = "whole", chunks = "whole",
  split_size = "whole", shifts = "whole", diagonal = "whole", repeats = "whole", n = "whole", low = "whole",
  high = "whole", num_classes = "whole", count = "whole", length = "whole", steps = "whole", index = "place",
  start = "place", indices = "indices", weight = "as_is"
)

# Results that are positions count from 1 in R; for a list of two, its second part holds them.
POSITIONS_ALONE <- c("argmax", "argmin", "argsort", "nonzero", "multinomial")
POSITIONS_SECOND <- c("max", "min", "sort", "topk")

convert_argument <- function(value, kind) {
  if (kind == "as_is" || is.null(value) || is_tensor(value) && !kind %in% c("indices", "place")) {
    return(value)
  }
  switch(kind,
    dim = as_whole(from_one(value)),
    place = if (is_tensor(value)) .py$from_one(value) else as_whole(from_one(value)),
    whole = as_whole(value),
    indices = .py$from_one(if (is_tensor(value)) value else pytorch_tensor(as.integer(value)))
  )
}

from_one <- function(value) {
  if (any(value == 0)) {
    gradpath_stop("gradpath: a dimension or position of 0 is not accepted; they count from 1")
  }
  value - (value > 0)
}

# Several whole numbers become a list, which Python reads as a list of int even if it holds one.
as_whole <- function(value) {
  if (length(value) == 1) as.integer(value) else as.list(as.integer(value))
}

# Converts the arguments of a method or function, in order or by name, as its signature says.
convert_arguments <- function(arguments, signature) {
  if (length(arguments) == 0) {
    return(arguments)
  }
  several <- length(signature) > 1 && signature[[2]] == "..."
  if (several && is.numeric(arguments[[1]])) {
    values <- unlist(arguments, use.names = FALSE)
    return(list(as.list(convert_argument(values, kind_of(signature[[1]])))))
  }
  given <- names(arguments) %||% rep("", length(arguments))
  names <- place_names(given, signature)
  for (i in seq_along(arguments)) {
    if (!is.null(arguments[[i]])) arguments[[i]] <- convert_argument(arguments[[i]], kind_of(names[[i]]))
  }
  # What comes in order stays in order, as long as nothing before it was named.
  passed <- ifelse(cumsum(given != "") > 0, names, "")
  names(arguments) <- ifelse(passed %in% names(PYTHON_NAMES), PYTHON_NAMES[passed], passed)
  arguments
}

# As R itself does: named arguments take their place first, the others fill the places left over, in order.
place_names <- function(given, signature) {
  left <- setdiff(signature, given)
  unnamed <- which(given == "")
  filled <- seq_len(min(length(unnamed), length(left)))
  given[unnamed[filled]] <- left[filled]
  given
}

# Where Python calls an argument something else.
PYTHON_NAMES <- c(
  indices = "index", count = "num_samples", source_tensor = "source", low = "from", high = "to"
)

kind_of <- function(name) {
  kind <- ARGUMENT_KINDS[name]
  if (is.na(kind)) "as_is" else kind[[1]]
}

signature_of <- function(name) {
  text <- SIGNATURES[[name]] %||% SIGNATURES[[sub("_$", "", name)]] %||% ""
  scan(text = text, what = "", quiet = TRUE)
}

is_tensor <- function(x) inherits(x, "torch.Tensor")

# Tensors stay; everything else becomes R's: numbers, text, lists (tuples too), NULL.
from_python <- function(value) {
  if (is_tensor(value) || !inherits(value, "python.builtin.object")) {
    return(value)
  }
  # A named tuple, such as the result of a maximum along a dimension, is a list for R.
  if (inherits(value, "python.builtin.tuple")) value <- .py$as_list(value)
  value <- reticulate::py_to_r(value)
  if (is.list(value) && !inherits(value, "python.builtin.object")) lapply(value, from_python) else value
}

# Counts positions in a result from 1.
positions_from_one <- function(value, name, asked_dim) {
  if (name %in% POSITIONS_ALONE) {
    return(value + 1L)
  }
  if (name %in% POSITIONS_SECOND && is.list(value) && length(value) == 2) {
    value[[2]] <- value[[2]] + 1L
  }
  value
}
