// Everything that the author of a benchmark includes.
#pragma once

#include "aisp/dtype.h"
#include "aisp/implementation.h"
#include "aisp/problem.h"
#include "aisp/tensor.h"
