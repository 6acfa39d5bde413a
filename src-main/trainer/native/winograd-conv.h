// Convolutions with stride 1 in the domain of Winograd's transforms, and the gradient of their
// input, which is the convolution of dy with the filter mirrored.
#pragma once

#include <vector>

#include "product.h"
#include "winograd-tiles.h"
#include "workers.h"

namespace fame::winograd {

struct Filter {
  // [taps, inputs, outputs], or if mirrored [taps from the last on, outputs, inputs]
  const float* data;
  int64_t inputs, outputs;
  bool mirrored;
};

// Memory of this thread, kept from call to call.
inline float* thread_scratch(int64_t count) {
  thread_local FloatBuffer buffer(0);
  thread_local int64_t size = 0;
  if (count > size) {
    size = 0;
    buffer = FloatBuffer(0);
    buffer = FloatBuffer(count);
    size = count;
  }
  return buffer.data();
}

inline Floats load_some(const float* p, int64_t count) {
  if (count >= kWidth) return load_floats(p);
  return count > 0 ? load_part(p, static_cast<int>(count)) : Floats{};
}

inline void store_some(float* p, Floats v, int64_t count) {
  if (count >= kWidth) store_floats(p, v);
  else if (count > 0) store_part(p, v, static_cast<int>(count));
}

// Vector i becomes element i of every vector.
inline void transpose(Floats* rows) {
  typedef int32_t Order __attribute__((vector_size(4 * kWidth)));
  Order low, high;
  for (int i = 0; i < kWidth; i++) {
    low[i] = i / 2 + i % 2 * kWidth;
    high[i] = low[i] + kWidth / 2;
  }
  for (int round = 1; round < kWidth; round *= 2) {
    Floats mixed[kWidth];
    for (int i = 0; i < kWidth / 2; i++) {
      mixed[2 * i] = __builtin_shuffle(rows[i], rows[i + kWidth / 2], low);
      mixed[2 * i + 1] = __builtin_shuffle(rows[i], rows[i + kWidth / 2], high);
    }
    for (int i = 0; i < kWidth; i++) rows[i] = mixed[i];
  }
}

// The filter transformed, for some inputs and a panel of outputs: kProducts matrices [inputs,
// panel].
template <typename Scheme>
class FilterPanel {
 public:
  FilterPanel(const Filter& filter, const Columns& columns, float* data)
      : filter_(filter), columns_(columns), data_(data) {}

  void fill(int64_t first_input, int64_t inputs, int64_t panel) {
    width_ = columns_.vectors(panel) * kWidth;
    size_ = matrix_size(inputs, width_);
    for (int64_t column = 0; column < width_; column += kWidth) {
      const int64_t output = columns_.first(panel) + column;
      if (filter_.mirrored) fill_mirrored(first_input, inputs, output, data_ + column);
      else fill_plain(first_input, inputs, output, data_ + column);
    }
  }

  const float* matrix(int64_t product) const { return data_ + product * size_; }

  static int64_t scratch() {
    return Scheme::kProducts * matrix_size(Chunks::kChunk, kPanelVectors * kWidth);
  }

 private:
  void fill_plain(int64_t first_input, int64_t inputs, int64_t output, float* to) const {
    const int64_t count = filter_.outputs - output;
    for (int64_t i = 0; i < inputs; i++, to += width_) {
      const bool there = first_input + i < filter_.inputs;
      const float* from = filter_.data + (first_input + i) * filter_.outputs + output;
      const auto load = [&](int tap) {
        return there ? load_some(from + tap * filter_.inputs * filter_.outputs, count) : Floats{};
      };
      transform(load, to);
    }
  }

  // A square of kWidth inputs by kWidth outputs at a time.
  void fill_mirrored(int64_t first_input, int64_t inputs, int64_t output, float* to) const {
    for (int64_t i = 0; i < inputs; i += kWidth) {
      Floats taps[Scheme::kTaps][kWidth];
      for (int tap = 0; tap < Scheme::kTaps; tap++) {
        const int64_t source = Scheme::kTaps - 1 - tap;
        for (int64_t o = 0; o < kWidth; o++) {
          const int64_t row = source * filter_.outputs + output + o;
          const int64_t there = output + o < filter_.outputs ? filter_.inputs - first_input - i : 0;
          taps[tap][o] = load_some(filter_.data + row * filter_.inputs + first_input + i, there);
        }
        transpose(taps[tap]);
      }
      for (int64_t k = 0; k < kWidth; k++, to += width_) {
        transform([&](int tap) { return taps[tap][k]; }, to);
      }
    }
  }

  template <typename Load>
  void transform(const Load& load, float* to) const {
    Scheme::template transform<FilterLine>(
        load, [&](int product, Floats value) { store_floats(to + product * size_, value); });
  }

  const Filter& filter_;
  const Columns& columns_;
  float* data_;
  int64_t width_ = 0, size_ = 0;
};

// Transforms tiles of `data` to matrices [tiles, columns] from `to` on, `size` floats apart, for
// the columns [first, first + columns) of its channels; what is missing of them is zeros.
struct TileBlock {
  int64_t first_tile, tiles;
  int64_t channels, first_channel, columns;
  const float* zeros;
  float* to;
  int64_t row, size;
};

template <typename Scheme, typename Line, int kPlaces>
void transform_tiles(const Scheme& scheme, const float* data, Window window,
                     const TileBlock& block) {
  for (int64_t tile = 0; tile < block.tiles; tile++) {
    const float* places[kPlaces];
    scheme.places(block.first_tile + tile, window, data, block.channels, block.zeros, places);
    for (int64_t c = 0; c < block.columns; c += kWidth) {
      const int64_t channel = block.first_channel + c;
      float* to = block.to + tile * block.row + c;
      const auto store = [&](int i, Floats value) { store_floats(to + i * block.size, value); };
      const int64_t count = block.channels - channel;
      if (count >= kWidth) {
        Scheme::template transform<Line>([&](int i) { return load_floats(places[i] + channel); },
                                         store);
      } else {
        Scheme::template transform<Line>(
            [&](int i) { return load_some(places[i] + channel, count); }, store);
      }
    }
  }
}

// y [.., outputs] of x [.., inputs].
template <typename Scheme>
class Convolution {
 public:
  Convolution(const Scheme& scheme, const Filter& filter, const float* x, float* y)
      : scheme_(scheme),
        filter_(filter),
        x_(x),
        y_(y),
        chunks_(filter.inputs),
        columns_(filter.outputs),
        zeros_(std::max(filter.inputs, filter.outputs), 0.f) {}

  void run() const {
    const int64_t tiles = scheme_.count(), groups = (tiles + kBlock - 1) / kBlock;
    if (tiles == 0) return;
    // Where there are few groups of tiles, outputs are shared out as well.
    const int64_t wanted = (4 * Workers::shared().size() + groups - 1) / groups;
    const int64_t parts = std::min((columns_.panels() + 1) / 2, wanted);
    Workers::shared().each(groups * parts, [&](int64_t item) {
      const int64_t group = item / parts, part = item % parts;
      const Item work{group * tiles / groups, (group + 1) * tiles / groups,
                      part * columns_.panels() / parts, (part + 1) * columns_.panels() / parts};
      compute(work);
    });
  }

 private:
  // Tiles of an item: what they are transformed to stays in a core's second-level cache.
  static constexpr int64_t kBlock = 48 * 36 / Scheme::kProducts;

  struct Item {
    int64_t first_tile, end_tile, first_panel, end_panel;
  };

  void compute(const Item& item) const {
    const int64_t tiles = item.end_tile - item.first_tile;
    const int64_t width = kPanelVectors * kWidth;
    const int64_t inputs = Scheme::kProducts * (tiles * chunks_.padded() + 16 * chunks_.count());
    const int64_t sums = Scheme::kProducts * matrix_size(tiles, width);
    float* values =
        thread_scratch(inputs + sums + FilterPanel<Scheme>::scratch() + columns_.padded());
    float* products = values + inputs;
    FilterPanel<Scheme> filter(filter_, columns_, products + sums);
    float* sink = products + sums + FilterPanel<Scheme>::scratch();
    for (int64_t chunk = 0; chunk < chunks_.count(); chunk++) {
      const int64_t size = chunks_.size(chunk);
      transform_tiles<Scheme, InputLine, Scheme::kInputs>(
          scheme_, x_, kInputWindow,
          {item.first_tile, tiles, filter_.inputs, chunks_.first(chunk), size, zeros_.data(),
           place(values, chunk, tiles), size, matrix_size(tiles, size)});
    }
    for (int64_t panel = item.first_panel; panel < item.end_panel; panel++) {
      for (int64_t chunk = 0; chunk < chunks_.count(); chunk++) {
        filter.fill(chunks_.first(chunk), chunks_.size(chunk), panel);
        multiply(place(values, chunk, tiles), chunk, tiles, filter, panel, products);
      }
      write(item, panel, products, sink);
    }
  }

  float* place(float* values, int64_t chunk, int64_t tiles) const {
    return values + Scheme::kProducts * (tiles * chunks_.first(chunk) + 16 * chunk);
  }

  void multiply(const float* values, int64_t chunk, int64_t tiles,
                const FilterPanel<Scheme>& filter, int64_t panel, float* products) const {
    const int64_t inputs = chunks_.size(chunk), width = columns_.vectors(panel) * kWidth;
    const Segment segment{0, 0, inputs};
    for (int64_t product = 0; product < Scheme::kProducts; product++) {
      const PanelStep step{&segment, 1, filter.matrix(product), kWidth, chunk > 0};
      const float* from = values + product * matrix_size(tiles, inputs);
      float* to = products + product * matrix_size(tiles, width);
      for (int64_t tile = 0; tile < tiles; tile += kTileRows) {
        TileRows rows;
        for (int r = 0; r < kTileRows; r++) {
          const int64_t at = std::min(tile + r, tiles - 1);
          rows.a[r] = from + at * inputs;
          rows.out[r] = to + at * width;
        }
        multiply_tile(columns_.vectors(panel), step, rows, 0);
      }
    }
  }

  void write(const Item& item, int64_t panel, const float* products, float* sink) const {
    const int64_t tiles = item.end_tile - item.first_tile, width = columns_.vectors(panel) * kWidth;
    const int64_t size = matrix_size(tiles, width);
    for (int64_t tile = 0; tile < tiles; tile++) {
      float* places[Scheme::kOutputs];
      scheme_.places(item.first_tile + tile, kOutputWindow, y_, filter_.outputs, sink, places);
      for (int64_t c = 0; c < width; c += kWidth) {
        const int64_t output = columns_.first(panel) + c;
        const float* from = products + tile * width + c;
        const auto load = [&](int i) { return load_floats(from + i * size); };
        const int64_t count = filter_.outputs - output;
        if (count >= kWidth) {
          Scheme::template transform<OutputLine>(
              load, [&](int i, Floats value) { store_floats(places[i] + output, value); });
        } else {
          Scheme::template transform<OutputLine>(
              load, [&](int i, Floats value) { store_some(places[i] + output, value, count); });
        }
      }
    }
  }

  const Scheme scheme_;
  const Filter filter_;
  const float* x_;
  float* y_;
  const Chunks chunks_;
  const Columns columns_;
  const std::vector<float> zeros_;
};

}  // namespace fame::winograd
