# What training a network asks for: batches, one flat tensor, order of memory, states.
x <- torch_tensor(matrix(1:12 + 0, 3))
torch_index_select(x, 1, torch_tensor(c(3L, 1L)))
x$index_select(1, index = torch_tensor(2L))
tryCatch(torch_index_select(x, 1, torch_tensor(c(0L, 1L))), error = function(e) "refused")
x$narrow(1, 2, 2)
x$narrow(dim = 2, start = 1, length = 2)
torch_narrow(x, 1, 3, 1)
x$reshape(c(4, 3))
x$reshape(-1)$shape
torch_split(x, 2)
torch_split(x, c(1, 2))
x$split(3, dim = 2)
torch_gather(torch_tensor(1:3), 1, index = torch_tensor(c(3L, 1L)))
x$numel()
x$is_cuda
torch_cat(list(x$reshape(-1), torch_zeros(2)))$shape
torch_argmax(x, dim = 2)
torch_argmax(x, dim = 1, keepdim = TRUE)
y <- torch_zeros(2)
y$copy_(torch_tensor(c(1, 2)))
y$copy_(3)
y
im <- torch_arange(1, 96)$reshape(c(2, 3, 4, 4))
im$stride()
im$contiguous(memory_format = torch_channels_last_format())$stride()
im$to(memory_format = torch_channels_last_format())$stride()
im$contiguous(memory_format = torch_channels_last_format())$contiguous(memory_format = torch_contiguous_format())$stride()
im$to(dtype = torch_float64(), memory_format = torch_preserve_format())$dtype
is_torch_memory_format(torch_channels_last_format())
cv <- nn_conv2d(3, 2, 3)
before <- torch_clone(cv$weight$detach())
cv$weight$set_data(cv$weight$contiguous(memory_format = torch_channels_last_format()))
cv$weight$stride()
cv$parameters$weight$stride()
torch_equal(cv$weight$detach(), before)
is_nn_parameter(cv$weight)
cv$weight$requires_grad
torch_manual_seed(5)
net <- nn_sequential(nn_conv2d(1, 2, 3), nn_batch_norm2d(2), nn_relu(), nn_flatten(), nn_dropout(0.5), nn_linear(8, 3))
images <- torch_randn(4, 1, 4, 4)
classes <- torch_tensor(c(1L, 3L, 2L, 3L))
net$to(device = "cpu")$training
net$to(device = torch_device("cpu"))
names(net$parameters)
names(net$buffers)
names(net$state_dict())
net$eval()$training
net[[2]]$training
net(images)
net$train()[[5]]$training
loss <- nnf_cross_entropy(net$eval()(images), classes)
loss
nn_cross_entropy_loss()(net(images), classes)
nnf_cross_entropy(net(images), classes, reduction = "sum")
nnf_cross_entropy(input = net(images), target = classes)
tryCatch(nnf_cross_entropy(net(images), classes - 1L), error = function(e) "refused")
loss$backward()
torch_cat(lapply(unname(net$parameters), function(p) p$grad$reshape(-1)))$shape
nn_utils_clip_grad_norm_(net$parameters, 0.5)
nn_utils_clip_grad_value_(net$parameters, 0.01)
net$parameters[["5.bias"]]$grad
state <- net$state_dict()
net$buffers[["1.running_mean"]]
again <- nn_sequential(
  nn_conv2d(1, 2, 3), nn_batch_norm2d(2), nn_relu(), nn_flatten(), nn_dropout(0.5), nn_linear(8, 3)
)
again$load_state_dict(state)
again$eval()
torch_equal(again(images), net(images))
tryCatch(again$load_state_dict(state[-1]), error = function(e) "refused")
