"""The networks to train: shapes, sizes that the literature states, first weights, and the same weights in R."""

from __future__ import annotations

import json
import struct

import pytest
import torch
from torch import nn

import gradpath
from gradpath import INITIALIZATIONS, count_parameters, initialize_network, lenet, small_cnn, tanh_network
from gradpath.refusals import GradpathError

SHAPES = [
    (tanh_network, {}, (1, 28, 28)),
    (tanh_network, {"inputs": 64, "hidden": [5] * 24, "outputs": 3}, (8, 8)),
    (lenet, {}, (1, 28, 28)),
    (lenet, {"channels": 3, "size": 32, "activation": "sigmoid"}, (3, 32, 32)),
    (lenet, {"size": 12, "activation": "tanh"}, (1, 12, 12)),
    (small_cnn, {"size": 8}, (1, 8, 8)),
    (small_cnn, {"batch_norm": True, "dropout": 0.5}, (1, 28, 28)),
    (small_cnn, {"channels": 3, "size": 32, "dropout": 0.2}, (3, 32, 32)),
    (small_cnn, {"size": 4, "batch_norm": True}, (1, 4, 4)),
]


@pytest.mark.parametrize(("network", "arguments", "shape"), SHAPES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_network_takes_pictures_and_gives_one_number_per_class(network, arguments, shape, dtype):
    model = network(**arguments, dtype=str(dtype).removeprefix("torch."))
    outputs = model(torch.rand(2, *shape, dtype=dtype))
    assert outputs.shape == (2, arguments.get("outputs", 10))
    assert outputs.dtype == dtype
    assert {p.dtype for p in model.parameters()} == {dtype}


def test_lenet_has_the_parameters_of_its_layers():
    by_layer = [6 * 25 + 6, 16 * 6 * 25 + 16, 400 * 120 + 120, 120 * 84 + 84, 84 * 10 + 10]
    assert count_parameters(lenet()) == sum(by_layer) == 61_706
    assert count_parameters(tanh_network()) == 784 * 128 + 128 + 128 * 64 + 64 + 64 * 32 + 32 + 32 * 10 + 10
    normed = count_parameters(small_cnn(batch_norm=True))
    assert normed - count_parameters(small_cnn()) == 2 * (16 + 32)


def test_options_of_the_small_network_add_their_layers():
    kinds = [type(layer) for layer in small_cnn(batch_norm=True, dropout=0.25)]
    assert kinds == [
        *(nn.Conv2d, nn.BatchNorm2d, nn.ReLU, nn.MaxPool2d) * 2,
        *(nn.Flatten, nn.Dropout, nn.Linear, nn.ReLU, nn.Linear),
    ]
    assert not {nn.BatchNorm2d, nn.Dropout} & {type(layer) for layer in small_cnn()}


@pytest.mark.parametrize("layer", [nn.Linear(300, 200), nn.Conv2d(20, 30, 5)])
def test_first_weights_spread_as_their_papers_say(layer):
    fan_in = layer.weight[0].numel()
    fan_out = layer.weight.numel() // layer.weight.shape[1]
    torch.manual_seed(1)
    for init, std in (("small", 1e-4), ("he", (2 / fan_in) ** 0.5), ("xavier", (2 / (fan_in + fan_out)) ** 0.5)):
        nn.init.ones_(layer.bias)
        initialize_network(layer, init)
        assert layer.weight.std().item() == pytest.approx(std, rel=0.03), init
        assert abs(layer.weight.mean().item()) < 0.03 * std, init
        assert layer.bias.abs().max() == 0
    initialize_network(layer, "xavier")
    bound = (6 / (fan_in + fan_out)) ** 0.5
    assert 0.99 * bound < layer.weight.abs().max() <= bound
    assert initialize_network(layer, "zeros") is layer
    assert layer.weight.abs().max() == 0


def test_batch_norm_and_the_default_stay_as_they_are():
    model = small_cnn(batch_norm=True, init="zeros")
    assert model[1].weight.min() == model[1].running_var.min() == 1
    torch.manual_seed(3)
    ours, theirs = tanh_network(4, [3], 2), None
    torch.manual_seed(3)
    theirs = [nn.Linear(4, 3), nn.Linear(3, 2)]
    assert torch.equal(ours[1].weight, theirs[0].weight)
    assert torch.equal(ours[3].bias, theirs[1].bias)


def test_a_seed_gives_the_same_weights_and_none_leaves_the_generator_to_the_caller():
    assert torch.equal(lenet(seed=5)[0].weight, lenet(seed=5)[0].weight)
    torch.manual_seed(5)
    assert torch.equal(lenet()[0].weight, lenet(seed=5)[0].weight)
    torch.manual_seed(5)
    lenet()
    assert not torch.equal(lenet()[0].weight, lenet(seed=5)[0].weight)


REFUSED = [
    (lambda: tanh_network(hidden=[8, 0]), "tanh_network(): hidden: [8, 0] is not accepted; use one or more whole"),
    (lambda: tanh_network(hidden=[]), "tanh_network(): hidden: [] is not"),
    (lambda: tanh_network(inputs=0), "tanh_network(): inputs: 0 is not accepted; use a whole number >= 1"),
    (lambda: tanh_network(init="glorot"), "init: 'glorot' is not accepted; use one of default, zeros, small, xavier"),
    (lambda: tanh_network(seed=-1), "tanh_network(): seed: -1 is not accepted"),
    (lambda: tanh_network(dtype="float16"), "tanh_network(): dtype: 'float16' is not accepted"),
    (lambda: lenet(size=11), "lenet(): size: 11 is not accepted; use a whole number >= 12"),
    (lambda: lenet(activation="gelu"), "lenet(): activation: 'gelu' is not accepted; use one of relu, sigmoid, tanh"),
    (lambda: lenet(channels=1.5), "lenet(): channels: 1.5 is not accepted"),
    (lambda: small_cnn(size=3), "small_cnn(): size: 3 is not accepted; use a whole number >= 4"),
    (lambda: small_cnn(dropout=1), "small_cnn(): dropout: 1 is not accepted; use a number >= 0 and < 1"),
    (lambda: small_cnn(batch_norm=1), "small_cnn(): batch_norm: 1 is not accepted; use true or false"),
    (lambda: small_cnn(outputs=0), "small_cnn(): outputs: 0 is not accepted"),
]


@pytest.mark.parametrize(("call", "text"), REFUSED)
def test_what_makes_no_network_is_refused(call, text):
    with pytest.raises(GradpathError) as caught:
        call()
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)


# Read by both languages: which networks, and how R is asked for their first weights, as the bytes of doubles.
CASES = [
    {"network": "tanh_network", "arguments": {"inputs": 20, "hidden": [7, 6, 5], "outputs": 3}},
    {"network": "lenet", "arguments": {"size": 12}},
    {"network": "small_cnn", "arguments": {"size": 8, "batch_norm": True, "dropout": 0.5}},
    {"network": "tanh_network", "arguments": {}},
]
IN_R = """
library(gradpath)
given <- jsonlite::fromJSON(commandArgs(TRUE)[[1]], simplifyDataFrame = FALSE)
for (case in given) {
  made <- do.call(case$network, case$arguments)
  cat(paste(names(made$parameters), collapse = " "), names(made$state_dict()), sep = "\\n")
  for (tensor in made$parameters) {
    bits <- writeBin(as.numeric(tensor$detach()$to(dtype = torch_float64())$reshape(-1)), raw(), endian = "little")
    cat(as.character(bits), sep = "", fill = FALSE)
    cat("\\n")
  }
}
"""


def test_the_first_weights_are_the_same_in_r_to_the_last_bit(r):
    cases = [
        {"network": case["network"], "arguments": case["arguments"] | {"init": init, "seed": 11, "dtype": dtype}}
        for case in CASES
        for init in INITIALIZATIONS
        for dtype in ("float32", "float64")
    ]
    expected = []
    for case in cases:
        model = getattr(gradpath, case["network"])(**case["arguments"])
        parameters = dict(model.named_parameters())
        expected += [" ".join(parameters), *model.state_dict()]
        for tensor in parameters.values():
            values = tensor.detach().double().flatten().tolist()
            expected.append(struct.pack(f"<{len(values)}d", *values).hex())
    found = r.run(IN_R, json.dumps(cases), quiet=True).splitlines()
    assert len(found) == len(expected)
    assert [i for i, (a, b) in enumerate(zip(found, expected, strict=True)) if a != b] == []
    assert len({line for line in expected if len(line) > 2000}) > 20


STEP_IN_R = """
Sys.setenv(GRADPATH_R_ENGINE = "pytorch")
library(gradpath)
torch_set_num_threads(1)
model <- lenet(seed = 3)
loss <- nnf_cross_entropy(model(torch_rand(64, 1, 28, 28)), torch_tensor(rep(1:8, 8)))
loss$backward()
for (tensor in lapply(model$parameters, function(p) p$grad)) {
  bits <- writeBin(as.numeric(tensor$to(dtype = torch_float64())$reshape(-1)), raw(), endian = "little")
  cat(as.character(bits), sep = "")
  cat("\\n")
}
"""


def test_r_computes_with_pytorchs_own_blas_to_the_last_bit(r):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        model = lenet(seed=3)
        loss = nn.functional.cross_entropy(model(torch.rand(64, 1, 28, 28)), torch.arange(8).repeat(8))
        loss.backward()
    finally:
        torch.set_num_threads(threads)
    gradients = [p.grad.double().flatten().tolist() for p in model.parameters()]
    expected = [struct.pack(f"<{len(values)}d", *values).hex() for values in gradients]
    assert r.run(STEP_IN_R, quiet=True).splitlines() == expected
