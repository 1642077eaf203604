# Every verb, as {torch} itself answers it. recorded/*.R are scripts; the .txt beside each is what it printed
# under {torch} (see recorded/record.R). Every engine has to print the same.

scripts <- list.files(test_path("recorded"), "[.]R$", full.names = TRUE)
scripts <- scripts[basename(scripts) != "record.R"]

for (script in scripts) {
  test_that(paste("answers as recorded:", basename(script)), {
    skip_without_engine()
    source(test_path("recorded", "record.R"), local = TRUE)
    recorded <- readLines(sub("[.]R$", ".txt", script), encoding = "UTF-8")
    expect_match(recorded[[1]], "^# printed by torch ")
    expect_equal(print_script(script), recorded[-1])
  })
}

test_that("the scripts call every verb", {
  called <- unlist(lapply(scripts, function(script) all.names(parse(script))))
  # Tested by what they do elsewhere, or only of use with a GPU.
  elsewhere <- c(verb_names("torch_only"), "cuda_synchronize", "cuda_get_rng_state", "cuda_set_rng_state",
                 "optimizer", "lr_scheduler", "dataset", "torch_tensor_from_buffer")
  expect_equal(setdiff(torch_verbs(), c(called, elsewhere)), character())
})

test_that("an optimizer goes on from its state as if it had not stopped", {
  skip_without_engine()
  settings <- list(
    optim_ignite_sgd = list(lr = 0.1, momentum = 0.9), optim_ignite_adagrad = list(lr = 0.1),
    optim_ignite_rmsprop = list(lr = 0.01), optim_ignite_adam = list(lr = 0.1),
    optim_ignite_adamw = list(lr = 0.1)
  )
  steps <- function(model, opt, count) {
    for (i in seq_len(count)) {
      opt$zero_grad()
      model(torch_ones(3, 4) * 0.3)$square()$sum()$backward()
      opt$step()
    }
  }
  for (name in names(settings)) {
    make <- function(model) do.call(engine_verb(name), c(list(model$parameters), settings[[name]]))
    torch_manual_seed(1)
    one <- nn_sequential(nn_linear(4, 2), nn_tanh(), nn_linear(2, 1))
    opt <- make(one)
    steps(one, opt, 3)
    two <- nn_sequential(nn_linear(4, 2), nn_tanh(), nn_linear(2, 1))
    two$load_state_dict(one$state_dict())
    resumed <- make(two)
    state <- opt$state_dict()
    expect_length(state$state, 4)
    resumed$load_state_dict(state)
    # The state that was handed on is the second one's own from here.
    steps(two, resumed, 3)
    after <- lapply(two$parameters, as.numeric)
    steps(one, opt, 3)
    expect_identical(after, lapply(one$parameters, as.numeric), label = name)
  }
})

test_that("the states of the generators of all GPUs come and go", {
  skip_without_engine()
  states <- cuda_get_rng_state()
  expect_length(states, cuda_device_count())
  expect_error(cuda_set_rng_state(c(states, list(torch_get_rng_state()))))
  cuda_set_rng_state(states)
  for (i in seq_along(states)) expect_true(torch_equal(cuda_get_rng_state(i - 1), states[[i]]))
})
