# Engine 'pytorch': arithmetic that is written down first and carried out in one call of Python. An update rule is a
# dozen operations on all parameters of a network; one by one, the way to Python and back costs more than they do,
# and each leaves a tensor behind for R to collect. Written down and carried out at once, they are the same
# operations on the same numbers in the same order.

.notes <- new.env(parent = emptyenv())

# What a rule of update_rules.R does in one step: `steps`, the names of its operations, the places of their operands
# and the places of the new values and state; `numbers`, which differ from step to step; and `state`, the next one,
# with the places that its tensors will have. The values have place 1, the gradient 2, the tensors of the state
# follow, then what the operations make; numbers count backwards from -1, 0 is no operand.
write_rule_down <- function(rule, state, hyperparameters) {
  .notes$places <- 2L + sum(vapply(state, inherits, TRUE, "gradpath_noted"))
  .notes$names <- character()
  .notes$left <- .notes$right <- integer()
  .notes$numbers <- list()
  new <- do.call(rule, c(list(noted(1L), noted(2L), state), hyperparameters), quote = TRUE)
  held <- vapply(new$state, inherits, TRUE, "gradpath_noted")
  wanted <- as.integer(c(new$x, unlist(new$state[held])))
  list(
    steps = list(.notes$names, .notes$left, .notes$right, wanted), numbers = .notes$numbers,
    state = hold_places(new$state, held)
  )
}

# A state with places where tensors are held.
hold_places <- function(state, held) {
  state[held] <- lapply(2L + seq_len(sum(held)), noted)
  state
}

# What stands for a tensor while operations are written down: its place.
noted <- function(place) {
  class(place) <- "gradpath_noted"
  place
}

note_operation <- function(name, first, second = NULL) {
  at <- length(.notes$names) + 1L
  .notes$names[at] <- name
  .notes$left[at] <- note_operand(first)
  .notes$right[at] <- if (is.null(second)) 0L else note_operand(second)
  .notes$places <- .notes$places + 1L
  noted(.notes$places)
}

note_operand <- function(value) {
  if (inherits(value, "gradpath_noted")) {
    return(unclass(value))
  }
  at <- length(.notes$numbers) + 1L
  .notes$numbers[[at]] <- value
  -at
}

#' @export
#' @method Ops gradpath_noted
Ops.gradpath_noted <- function(e1, e2) {
  note_operation(.Generic, e1, if (missing(e2)) NULL else e2)
}
