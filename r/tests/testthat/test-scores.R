test_that("accuracy is the share of right answers; classes count from 1", {
  skip_without_engine()
  outputs <- torch_tensor(c(2, 1, 0, 0, 3, 1, 1, 0, 5))$reshape(c(3, 3))
  score <- SCORES$accuracy(outputs, torch_tensor(c(1L, 3L, 3L)))
  expect_true(score$dtype == torch_float64())
  expect_length(score$shape, 0)
  expect_identical(as.numeric(score), 2 / 3)
})

test_that("shapes that do not belong together are refused", {
  skip_without_engine()
  outputs <- torch_zeros(3, 3)
  for (targets in list(torch_zeros(3, 1), torch_zeros(2))) {
    expect_match(message_of(accuracy(outputs, targets)),
                 "accuracy(): shapes of outputs and targets: [3, 3] and ", fixed = TRUE)
  }
})
