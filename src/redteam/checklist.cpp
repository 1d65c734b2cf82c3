#include "redteam/checklist.h"

#include <array>

namespace aisp::redteam {
namespace {

constexpr std::string_view kNoTracing =
    "implementations are compiled code; nothing traces, guards or recompiles them";
constexpr std::string_view kNoRanks =
    "no target has several ranks: there is nothing to skip or shard";
constexpr std::string_view kNoCollector =
    "workers run no garbage collector: they hold compiled code";

constexpr std::array kFailures = {
    ChecklistRow{"timing.unsynced_streams", "Timing", "unsynced streams"},
    ChecklistRow{"timing.incomplete_async", "Timing", "incomplete async ops"},
    ChecklistRow{"timing.event_gaps", "Timing", "event timing gaps"},
    ChecklistRow{"timing.granularity", "Timing", "timer granularity"},
    ChecklistRow{"timing.warmup_bleed", "Timing", "warm-up bleed"},
    ChecklistRow{"timing.clock_drift", "Timing", "clock drift"},
    ChecklistRow{"timing.profiler_overhead", "Timing", "profiler overhead"},

    ChecklistRow{"output.constant", "Output", "constant output"},
    ChecklistRow{"output.stale_cache", "Output", "stale cache"},
    ChecklistRow{"output.approximation_drift", "Output", "approximation drift"},
    ChecklistRow{"output.nan", "Output", "NaN"},
    ChecklistRow{"output.inf", "Output", "Inf"},
    ChecklistRow{"output.invalid_ground_truth", "Output", "invalid ground truth"},
    ChecklistRow{"output.shape_mismatch", "Output", "shape mismatch"},
    ChecklistRow{"output.dtype_mismatch", "Output", "dtype mismatch"},
    ChecklistRow{"output.denormals", "Output", "denormals"},
    ChecklistRow{"output.uninitialized", "Output", "uninitialized memory"},

    ChecklistRow{"workload.precision_mismatch", "Workload", "precision mismatch"},
    ChecklistRow{"workload.backend_precision", "Workload", "backend precision drift"},
    ChecklistRow{"workload.undeclared_shortcuts", "Workload", "undeclared shortcuts"},
    ChecklistRow{"workload.early_exit", "Workload", "early exit"},
    ChecklistRow{"workload.batch_shrinking", "Workload", "batch shrinking"},
    ChecklistRow{"workload.sequence_truncation", "Workload", "sequence truncation"},
    ChecklistRow{"workload.downsampling", "Workload", "hidden downsampling"},
    ChecklistRow{"workload.sparsity", "Workload", "sparsity mismatch"},
    ChecklistRow{"workload.attention_mask", "Workload", "attention-mask mismatch"},
    ChecklistRow{"workload.kv_cache_size", "Workload", "KV-cache size"},
    ChecklistRow{"workload.train_test_overlap", "Workload", "train/test overlap"},

    ChecklistRow{"location.cpu_spillover", "Location", "CPU spillover"},
    ChecklistRow{"location.setup_precomputation", "Location", "setup pre-computation"},
    ChecklistRow{"location.graph_capture", "Location", "graph-capture cheat"},
    ChecklistRow{"location.warmup_computation", "Location", "warm-up computation"},
    ChecklistRow{"location.background_thread", "Location", "background thread"},
    ChecklistRow{"location.lazy_evaluation", "Location", "lazy evaluation skip"},
    ChecklistRow{"location.jit_timing", "Location", "JIT compilation timing"},

    ChecklistRow{"memory.preallocated_output", "Memory", "pre-allocated output"},
    ChecklistRow{"memory.aliasing", "Memory", "input–output aliasing"},
    ChecklistRow{"memory.pinned", "Memory", "pinned-memory timing"},
    ChecklistRow{"memory.pool_reuse", "Memory", "pool reuse"},
    ChecklistRow{"memory.fragmentation", "Memory", "fragmentation"},
    ChecklistRow{"memory.page_faults", "Memory", "page-fault timing"},
    ChecklistRow{"memory.swap", "Memory", "swap"},

    ChecklistRow{"cuda.host_callback", "CUDA", "host callback escape"},
    ChecklistRow{"cuda.memcpy_incomplete", "CUDA", "async memcpy incomplete"},
    ChecklistRow{"cuda.workspace_precompute", "CUDA", "workspace pre-compute"},
    ChecklistRow{"cuda.persistent_kernel", "CUDA", "persistent kernel"},
    ChecklistRow{"cuda.undeclared_multi_gpu", "CUDA", "undeclared multi-GPU"},
    ChecklistRow{"cuda.context_switch", "CUDA", "context switch"},
    ChecklistRow{"cuda.driver_overhead", "CUDA", "driver overhead"},
    ChecklistRow{"cuda.cooperative_launch", "CUDA", "cooperative-launch abuse"},
    ChecklistRow{"cuda.dynamic_parallelism", "CUDA", "dynamic parallelism"},
    ChecklistRow{"cuda.unified_memory", "CUDA", "unified-memory faults"},

    ChecklistRow{"compile.cache_hit", "Compile", "cache hit"},
    ChecklistRow{"compile.trace_reuse", "Compile", "trace reuse", kNoTracing},
    ChecklistRow{"compile.mode_inconsistency", "Compile", "mode inconsistency", kNoTracing},
    ChecklistRow{"compile.inductor_asymmetry", "Compile", "inductor asymmetry", kNoTracing},
    ChecklistRow{"compile.guard_failure", "Compile", "hidden guard failure", kNoTracing},
    ChecklistRow{"compile.autotuning_variance", "Compile", "autotuning variance"},
    ChecklistRow{"compile.symbolic_shapes", "Compile", "symbolic-shape exploit"},

    ChecklistRow{"distributed.rank_skipping", "Distributed", "rank skipping", kNoRanks},
    ChecklistRow{"distributed.short_circuit", "Distributed", "collective short-circuit", kNoRanks},
    ChecklistRow{"distributed.topology", "Distributed", "topology mismatch", kNoRanks},
    ChecklistRow{"distributed.barrier_timing", "Distributed", "barrier timing", kNoRanks},
    ChecklistRow{"distributed.bucketing", "Distributed", "gradient bucketing", kNoRanks},
    ChecklistRow{"distributed.async_gradient", "Distributed", "async gradient", kNoRanks},
    ChecklistRow{"distributed.bubble_hiding", "Distributed", "pipeline-bubble hiding", kNoRanks},
    ChecklistRow{"distributed.shard_size", "Distributed", "shard size", kNoRanks},

    ChecklistRow{"environment.device_mismatch", "Environment", "device mismatch"},
    ChecklistRow{"environment.frequency_boost", "Environment", "frequency boost"},
    ChecklistRow{"environment.priority", "Environment", "priority elevation"},
    ChecklistRow{"environment.memory_overcommit", "Environment", "memory overcommit"},
    ChecklistRow{"environment.numa", "Environment", "NUMA"},
    ChecklistRow{"environment.governor", "Environment", "CPU governor"},
    ChecklistRow{"environment.thermal", "Environment", "thermal throttling"},
    ChecklistRow{"environment.power_limit", "Environment", "power limit"},
    ChecklistRow{"environment.driver_version", "Environment", "driver version"},
    ChecklistRow{"environment.library_version", "Environment", "library version"},
    ChecklistRow{"environment.container_limits", "Environment", "container limits"},
    ChecklistRow{"environment.virtualization", "Environment", "virtualization"},

    ChecklistRow{"statistics.cherry_picking", "Statistical", "cherry-picking"},
    ChecklistRow{"statistics.outlier_injection", "Statistical", "outlier injection"},
    ChecklistRow{"statistics.variance_gaming", "Statistical", "variance gaming"},
    ChecklistRow{"statistics.percentile_selection", "Statistical", "percentile selection"},
    ChecklistRow{"statistics.insufficient_samples", "Statistical", "insufficient samples"},
    ChecklistRow{"statistics.cold_start", "Statistical", "cold start"},
    ChecklistRow{"statistics.gc", "Statistical", "GC interference", kNoCollector},
    ChecklistRow{"statistics.background_noise", "Statistical", "background noise"},

    ChecklistRow{"evaluation.eval_code", "Evaluation", "eval-code exploitation"},
    ChecklistRow{"evaluation.timeout", "Evaluation", "timeout manipulation"},
    ChecklistRow{"evaluation.metric_gaming", "Evaluation", "metric-definition gaming"},
    ChecklistRow{"evaluation.data_leakage", "Evaluation", "test-data leakage"},
    ChecklistRow{"evaluation.overfitting", "Evaluation", "benchmark overfitting"},
    ChecklistRow{"evaluation.self_modifying", "Evaluation", "self-modifying tests"},
    ChecklistRow{"evaluation.memorization", "Evaluation", "memorization"},
    ChecklistRow{"evaluation.holdout", "Evaluation", "missing holdout"},
};
static_assert(kFailures.size() == 95);

constexpr std::array kListed = {
    ChecklistRow{"listed.full_device_sync", "Timing", "full device sync"},
    ChecklistRow{"listed.adaptive_iterations", "Timing", "adaptive iterations"},
    ChecklistRow{"listed.event_cross_validation", "Timing", "event timing cross-validation"},
    ChecklistRow{"listed.warmup_isolation", "Timing", "warm-up buffer isolation"},
    ChecklistRow{"listed.l2_clearing", "Timing", "L2 cache clearing"},
    ChecklistRow{"listed.clock_locking", "Timing", "GPU clock locking"},
    ChecklistRow{"listed.gc_disabled", "Timing", "GC disabled during timing", kNoCollector},
    ChecklistRow{"listed.config_immutability", "Timing", "config immutability"},
    ChecklistRow{"listed.pool_reset", "Timing", "memory pool reset"},

    ChecklistRow{"listed.stream_auditing", "Streams and graphs", "stream auditing"},
    ChecklistRow{"listed.sync_completeness", "Streams and graphs", "sync completeness"},
    ChecklistRow{"listed.graph_capture", "Streams and graphs", "graph capture cheat detection"},
    ChecklistRow{"listed.setup_precomputation", "Streams and graphs",
                 "setup pre-computation detection"},
    ChecklistRow{"listed.force_evaluation", "Streams and graphs", "force tensor evaluation"},
    ChecklistRow{"listed.verify_header", "Streams and graphs", "CUDA verify header"},
    ChecklistRow{"listed.symbol_inspection", "Streams and graphs", "CUDA binary symbol inspection"},

    ChecklistRow{"listed.signature_matching", "Workload and output", "signature matching"},
    ChecklistRow{"listed.workload_invariants", "Workload and output", "workload invariant checks"},
    ChecklistRow{"listed.fresh_inputs", "Workload and output", "fresh-input check"},
    ChecklistRow{"listed.jitter", "Workload and output", "jitter check"},
    ChecklistRow{"listed.golden_cache", "Workload and output", "golden output caching"},
    ChecklistRow{"listed.seed_mutation", "Workload and output", "seed mutation detection"},
    ChecklistRow{"listed.aliasing", "Workload and output", "input-output aliasing check"},
    ChecklistRow{"listed.skip_flags", "Workload and output", "skip-flag detection"},

    ChecklistRow{"listed.environment_validation", "Environment and ranks",
                 "environment validation"},
    ChecklistRow{"listed.gpu_state", "Environment and ranks",
                 "GPU state capture (power, thermals)"},
    ChecklistRow{"listed.compile_cache_clearing", "Environment and ranks",
                 "compile cache clearing"},
    ChecklistRow{"listed.topology", "Environment and ranks", "distributed topology verification",
                 kNoRanks},

    ChecklistRow{"hack.improper_timing", "CUDA-L1", "improper timing measurement"},
    ChecklistRow{"hack.lazy_evaluation", "CUDA-L1", "lazy evaluation"},
    ChecklistRow{"hack.hyperparameters", "CUDA-L1", "hyperparameter manipulation"},
    ChecklistRow{"hack.result_caching", "CUDA-L1", "result caching"},
    ChecklistRow{"hack.short_circuit", "CUDA-L1", "mathematical short-circuit"},
    ChecklistRow{"hack.preallocated", "CUDA-L1", "pre-allocated tensors"},
    ChecklistRow{"hack.shape_matching", "CUDA-L1", "direct shape matching"},
    ChecklistRow{"hack.precomputed_parameters", "CUDA-L1", "pre-computed parameters"},
};

}  // namespace

std::span<const ChecklistRow> validity_failures() { return kFailures; }
std::span<const ChecklistRow> listed_protections() { return kListed; }

const ChecklistRow* checklist_row(std::string_view id) {
  for (const auto list : {validity_failures(), listed_protections()})
    for (const ChecklistRow& row : list)
      if (row.id == id) return &row;
  return nullptr;
}

}  // namespace aisp::redteam
