# What a network is to a declaration, and what all of them check before their weights are drawn.

#' @include declarations.R initializations.R schedules-fields.R
NULL

# A network, as its file declares it: `make()` takes the arguments, `seed` and `dtype`, and gives a module; `place`
# is where it stands in lists; `fields` are the arguments that a declaration may give; `from_data` is what follows
# from the data, where they are other than those that its defaults are made for.
new_network <- function(name, make, place, fields, from_data = list()) {
  structure(
    list(name = name, make = make, place = place, fields = fields, from_data = from_data),
    class = "gradpath_network"
  )
}

check_whole <- function(where, field, value, least) {
  if (!whole_from(least)(value)) {
    refuse(where, field, value, paste("a whole number >=", least))
  }
}

# What all networks check last; then the weights may be drawn, from the seed if there is one.
check_start <- function(where, outputs, init, seed, dtype) {
  check_whole(where, "outputs", outputs, 1)
  check_initialization(where, init)
  require_value(where, "dtype", dtype)
  if (!is.null(seed)) {
    require_value(where, "seed", seed)
    torch_manual_seed(seed)
  }
}

# {torch}'s layers take no dtype: they are made in the default one.
in_dtype <- function(dtype, code) {
  before <- torch_get_default_dtype()
  on.exit(torch_set_default_dtype(before))
  torch_set_default_dtype(if (dtype == "float64") torch_float64() else torch_float32())
  code
}
