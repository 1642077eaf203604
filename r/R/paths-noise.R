# Stochastic gradients with a stated model: the exact gradient plus independent normal noise, from a seed.

# Draws the noise of every step: normal, mean 0, standard deviation `noise` in both coordinates; a matrix of
# shape (steps, 2). Two numbers are drawn per step, in order, in float64 on the CPU: the same seed gives the
# same noise in both languages, on every device, and whatever the number of steps.
gradient_noise <- function(steps, noise, seed) {
  draws <- with_torch_manual_seed(seed = seed, {
    vapply(seq_len(steps), function(step) as.numeric(torch_randn(2, dtype = torch_float64())), numeric(2))
  })
  t(draws) * noise
}
