# The classic mistakes in writing an update rule: a name, one sentence of why, and where the book says more.

# For each rule that it can befall, the switches of mistaken_step() that make it; the same mistake may be written in
# several ways. None where it is not told by its numbers.
new_mistake <- function(name, why, see, variants = list()) {
  list(name = name, why = why, see = see, variants = variants)
}

each_rule <- function(rules, ...) {
  stats::setNames(rep(list(list(...)), length(rules)), rules)
}

VELOCITY_RULES <- c("momentum", "nesterov")
ADAM_RULES <- c("adam", "adamw")
AVERAGE_RULES <- c("rmsprop", ADAM_RULES)
QUOTIENT_RULES <- c("adagrad", AVERAGE_RULES)
STATE_RULES <- c(VELOCITY_RULES, QUOTIENT_RULES)

# Told by what the function does, not by its numbers.
IN_PLACE <- "changed in place"
NO_STATE <- "state not returned"
SINGLE <- "single precision"

MISTAKE_LIST <- list(
  new_mistake(
    "no bias correction",
    paste(
      "Averages that start at zero are too small at first; dividing both by 1 - beta^t makes up for it, and",
      "the rule divides one or neither."
    ),
    "book/07-adam.html#sec-bias-correction",
    each_rule(ADAM_RULES, c("m uncorrected", "v uncorrected"), "m uncorrected", "v uncorrected")
  ),
  new_mistake(
    "bias correction with t from 0",
    "The first step is step 1: with t = 0, 1 - beta^t is zero and the first step divides by it.",
    "book/07-adam.html#sec-adam-rule",
    each_rule(ADAM_RULES, "count from zero")
  ),
  new_mistake(
    "eps inside the root",
    "eps is added to the root, not under it: under it, it counts as its own root, and 1e-8 becomes 1e-4.",
    "book/05-adagrad.html#sec-adagrad-rule",
    each_rule(QUOTIENT_RULES, "eps inside")
  ),
  new_mistake(
    "root forgotten",
    paste(
      "The gradient is divided by the root of its squares; divided by the squares themselves, small",
      "gradients make large steps."
    ),
    "book/06-rmsprop.html#sec-rmsprop-rule",
    each_rule(QUOTIENT_RULES, "no root")
  ),
  new_mistake(
    "started at the gradient",
    "The state starts at zero; started at the first gradient or its square, that gradient counts twice.",
    "book/06-rmsprop.html#sec-start-of-average",
    c(
      each_rule(c("momentum", "nesterov", "adagrad", "rmsprop"), "from gradient"),
      each_rule(ADAM_RULES, "from gradient", c("from gradient", "m uncorrected", "v uncorrected"))
    )
  ),
  new_mistake(
    "rate inside the velocity",
    paste(
      "The velocity gathers plain gradients and the rate multiplies all of it; with the rate inside, a rate",
      "that drops leaves the old velocity as fast as it was."
    ),
    "book/04-momentum.html#sec-two-conventions",
    each_rule(VELOCITY_RULES, "rate inside")
  ),
  new_mistake(
    "velocity as an average",
    paste(
      "PyTorch's velocity is a sum, v = momentum v + g; with (1 - momentum) g it is an average, and steps",
      "are shorter by that factor."
    ),
    "book/04-momentum.html#sec-two-conventions",
    each_rule(VELOCITY_RULES, "averaged")
  ),
  new_mistake(
    "decay factors swapped",
    paste(
      "The old value is multiplied by the factor and the new one by 1 minus it; the other way round, the",
      "past is almost forgotten at every step."
    ),
    "book/04-momentum.html#sec-fading-weights",
    c(
      each_rule(VELOCITY_RULES, "swapped", "swapped decay"),
      each_rule("rmsprop", "v swapped"),
      each_rule(ADAM_RULES, c("m swapped", "v swapped"), "m swapped", "v swapped")
    )
  ),
  new_mistake(
    "betas exchanged",
    "beta1 belongs to the average of the gradient, beta2 to that of its square.",
    "book/07-adam.html#sec-adam-rule",
    each_rule(ADAM_RULES, "exchanged")
  ),
  new_mistake(
    "1 - beta forgotten",
    paste(
      "In an average the new value has the weight 1 - beta; without it, the average becomes many times too",
      "large."
    ),
    "book/04-momentum.html#sec-fading-weights",
    c(
      each_rule("rmsprop", "v unweighted"),
      each_rule(ADAM_RULES, c("m unweighted", "v unweighted"), "m unweighted", "v unweighted")
    )
  ),
  new_mistake(
    "squares summed",
    paste(
      "The squares are averaged, so that old ones fade; summed they only grow, and the steps run dry as",
      "Adagrad's."
    ),
    "book/06-rmsprop.html#sec-rmsprop-rule",
    each_rule(AVERAGE_RULES, "summed")
  ),
  new_mistake(
    "squares averaged",
    "Adagrad sums the squares and forgets none; averaged they fade, which is RMSProp.",
    "book/05-adagrad.html#sec-adagrad-rule",
    each_rule("adagrad", "mean", "average 0.9", "average 0.99", "average 0.999")
  ),
  new_mistake(
    "no look-ahead",
    "Nesterov's step is g + momentum v; with v alone it is the heavy ball.",
    "book/04-momentum.html#sec-look-ahead",
    each_rule("nesterov", "no look-ahead")
  ),
  new_mistake(
    "coupled decay",
    paste(
      "AdamW shrinks x beside the step; added to the gradient, the decay goes through the averages and is",
      "divided by their root."
    ),
    "book/07-adam.html#sec-decoupled-decay",
    each_rule("adamw", "coupled")
  ),
  new_mistake(
    "decoupled decay",
    paste(
      "Here the decay is added to the gradient, and goes through what the rule does to gradients; shrinking",
      "x beside the step is AdamW's way."
    ),
    "book/07-adam.html#sec-decoupled-decay",
    each_rule(c("momentum", "nesterov", "adagrad", "rmsprop", "adam"), "decoupled")
  ),
  new_mistake(
    "decay without the rate",
    paste(
      "AdamW multiplies x by 1 - lr weight_decay; without lr, x shrinks as much at a small rate as at a",
      "large one."
    ),
    "book/07-adam.html#sec-decoupled-decay",
    each_rule("adamw", "decay without rate")
  ),
  new_mistake(
    "decay left out",
    "The rule takes a weight_decay and does nothing with it.",
    "book/07-adam.html#sec-decoupled-decay",
    each_rule(c("sgd", STATE_RULES), "no decay")
  ),
  new_mistake(
    "sign wrong",
    "The gradient points uphill: the step is subtracted.",
    "book/03-steepest-descent.html#sec-steepest-descent-rule",
    each_rule(c("sgd", STATE_RULES), "sign")
  ),
  new_mistake(
    NO_STATE,
    "What a rule returns as its state is handed to its next call; without it, every step is a first one.",
    "book/02-optimizer-objects.html#sec-optimizer-state",
    each_rule(STATE_RULES, "forgets")
  ),
  new_mistake(
    IN_PLACE,
    paste(
      "The x and g that a rule is given belong to the caller, whose numbers change with them; work on a",
      "clone."
    ),
    "book/02-optimizer-objects.html#sec-optimizer-state"
  ),
  new_mistake(
    SINGLE,
    paste(
      "Some number was rounded to float32 on the way, such as a scalar on the left of a tensor in R or a",
      "counter kept in a tensor: only about seven digits are right."
    ),
    "book/09-agreement.html#sec-scalar-on-the-left"
  )
)

#' Classic mistakes in writing an update rule
#'
#' What [check_rule()] knows: each with one sentence of why it is one, and the page and anchor of the book that say
#' more.
#'
#' @format A list by name; each mistake is a list of `name`, `why`, `see` and `variants`, which are for each rule that
#'   it can befall the ways in which it is written.
#' @export
#' @examples
#' names(MISTAKES)
#' MISTAKES[["no bias correction"]]$why
MISTAKES <- stats::setNames(MISTAKE_LIST, vapply(MISTAKE_LIST, `[[`, "", "name"))
