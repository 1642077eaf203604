# Gradients, seeds, files.
w <- torch_tensor(c(1, 2), requires_grad = TRUE)
is_undefined_tensor(w$grad)
l <- (w^2)$sum()
l
w
l$requires_grad
l$backward()
w$grad
w$grad$zero_()
w$grad
with_no_grad({
  w$sub_(w * 0.1)
})
w
autograd_grad((w^3)$sum(), w)
g <- autograd_grad((w^3)$sum(), list(w), create_graph = TRUE)[[1]]
autograd_grad(g$sum(), w)[[1]]
w$detach()
with_no_grad(w * 2)
w$clone()
with_no_grad(w * 2)$requires_grad
w$requires_grad_(FALSE)
w$requires_grad
w$requires_grad <- TRUE
w$requires_grad
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
y <- (x * x)$sum()
autograd_backward(y)
x$grad
autograd_grad(x, x, grad_outputs = torch_ones_like(x))
autograd_set_grad_mode(FALSE)
(x * 2)$requires_grad
autograd_set_grad_mode(TRUE)
torch_manual_seed(1)
torch_randn(3)
torch_rand(2)
torch_randint(0, 10, c(3))
torch_randperm(4)
torch_normal(0, 1, size = c(2))
torch_bernoulli(torch_tensor(c(0.5, 0.5)))
torch_randn(2, dtype = torch_float64())
torch_rand_like(w)
torch_empty(2, 2)$shape
torch_randn(c(2, 2))
torch_randn(2, 2)$normal_(0, 1)
torch_zeros(2)$uniform_(0, 1)
with_torch_manual_seed(torch_randn(2), seed = 3)
cuda_is_available()
torch_get_default_dtype()
torch_device("cpu")
is_torch_dtype(torch_float())
torch_finfo(torch_float32())$eps
state <- torch_get_rng_state()
drawn <- torch_rand(1)
torch_set_rng_state(state)
(drawn == torch_rand(1))$item()
torch_set_num_threads(1)
torch_get_num_threads()
cuda_device_count()
backends_mps_is_available()
