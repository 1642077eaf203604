# nn_utils_clip_grad_norm_() divides its number by a tensor, so that the number is a float32 on the left.
library(torch)

clipped <- function(max_norm) {
  x <- torch_tensor(c(3, 4), dtype = torch_float64(), requires_grad = TRUE)
  (x * x / 2)$sum()$backward()
  nn_utils_clip_grad_norm_(x, max_norm)
  as.numeric(x$grad)
}
right <- clipped(torch_tensor(0.3, dtype = torch_float64())$squeeze())
found <- clipped(0.3)
cat(sprintf("right: %.16f\nfound: %.16f\n", right[[1]], found[[1]]))
if (abs(found[[1]] - right[[1]]) < 1e-12) stop("the finding no longer holds")
