// How Winograd's convolutions divide clips into tiles. Neighbouring tiles share two inputs:
//
//      inputs   . 0 1 2 3 4 5 6 7 8 .      . is padding: zeros
//      tile 0   └─────────┘                reads 6, gives outputs 0 to 3
//      tile 1           └─────────┘        gives outputs 4 to 7
//      tile 2                   └─ ...     reaches beyond the end: zeros are read, and outputs that
//                                          are not there are written to a place nobody reads
#pragma once

#include <algorithm>
#include <vector>

#include "kernel.h"
#include "winograd-transforms.h"

namespace fame::winograd {

constexpr int64_t kTileInputs = 6, kTileOutputs = 4;

inline int64_t tiles_along(int64_t length) { return (length + kTileOutputs - 1) / kTileOutputs; }

// Positions of a tile along an axis: outputs, or the inputs that they meet.
struct Window {
  int64_t before, length;
};
constexpr Window kInputWindow{1, kTileInputs}, kOutputWindow{0, kTileOutputs};

// Tiles of outputs in an order in which those that meet the same taps of time follow each other.
struct TileOrder {
  // Places [begin, end) of the order meet the taps [first_tap, end_tap).
  struct Group {
    int64_t first_tap, end_tap, begin, end;
  };
  std::vector<Group> groups;
  // The tile at each place; empty where it is the same number.
  std::vector<int64_t> tiles;

  int64_t tile(int64_t place) const { return tiles.empty() ? place : tiles[place]; }
};

// Filters of 1 x 3 x 3 over the frames of clips.
struct ImageScheme {
  // Of each of its taps of time a filter has kTaps.
  static constexpr int kInputs = 36, kOutputs = 16, kTaps = 9, kProducts = 36, kTimeTaps = 1;

  // Of x or y: [B, T, H, W, C].
  explicit ImageScheme(const Shape& shape)
      : frames(shape[0] * shape[1]),
        height(shape[2]),
        width(shape[3]),
        down(tiles_along(height)),
        across(tiles_along(width)) {}

  // Tiles, how many of them stay together, how many a frame has; and positions of x or y.
  int64_t count() const { return frames * down * across; }
  int64_t unit() const { return 1; }
  int64_t frame() const { return down * across; }
  int64_t size() const { return frames * height * width; }

  // Of tiles that follow each other.
  TileOrder order(int64_t tiles) const { return {{{0, 1, 0, tiles}}, {}}; }

  // The place in memory of each position of a tile, or `outside`.
  template <typename Pointer>
  void places(int64_t tile, Window window, Pointer data, int64_t channels, Pointer outside,
              Pointer* places) const {
    const int64_t frame = tile / (down * across), row = tile / across % down,
                  column = tile % across;
    const int64_t top = row * kTileOutputs - window.before;
    const int64_t left = column * kTileOutputs - window.before;
    int64_t line = ((frame * height + top) * width + left) * channels;
    const int64_t step = width * channels;
    const bool whole =
        top >= 0 && top + window.length <= height && left >= 0 && left + window.length <= width;
    for (int64_t h = top; h < top + window.length; h++, line += step) {
      int64_t place = line;
      for (int64_t w = left; w < left + window.length; w++, place += channels) {
        *places++ = whole || (h >= 0 && h < height && w >= 0 && w < width) ? data + place : outside;
      }
    }
  }

  template <typename Line, typename Load, typename Store>
  static void transform(const Load& load, const Store& store) {
    transform_square<Line>(load, store);
  }

  int64_t frames, height, width, down, across;
};

// Filters of 3 x 3 x 3 over clips: of 1 x 3 x 3, summed over three frames. The tiles of a clip stay
// together.
struct VolumeScheme : ImageScheme {
  static constexpr int kTimeTaps = 3;

  explicit VolumeScheme(const Shape& shape) : ImageScheme(shape), clip(shape[1]) {}

  int64_t unit() const { return clip * frame(); }

  // The frames that tap k meets with frames [first, end) of a clip are k - 1 further.
  int64_t first_frame(int64_t tap) const { return std::max<int64_t>(0, 1 - tap); }
  int64_t end_frame(int64_t tap) const { return std::min(clip, clip + 1 - tap); }

  // Of whole clips.
  TileOrder order(int64_t tiles) const {
    TileOrder order;
    for (int64_t first = 0; first < 2; first++) {
      for (int64_t end = 3; end > 1; end--) {
        const int64_t begin = static_cast<int64_t>(order.tiles.size());
        for (int64_t tile = 0; tile < tiles; tile++) {
          const int64_t t = tile / frame() % clip;
          const bool meets = first == (t == 0 ? 1 : 0) && end == (t == clip - 1 ? 2 : 3);
          if (meets) order.tiles.push_back(tile);
        }
        const int64_t size = static_cast<int64_t>(order.tiles.size());
        if (size > begin) order.groups.push_back({first, end, begin, size});
      }
    }
    return order;
  }

  int64_t clip;
};

// Filters of 3 x 1 x 1 over the frames of clips.
struct TimeScheme {
  static constexpr int kInputs = 6, kOutputs = 4, kTaps = 3, kProducts = 6, kTimeTaps = 1;

  explicit TimeScheme(const Shape& shape)
      : clips(shape[0]),
        frames(shape[1]),
        positions(shape[2] * shape[3]),
        along(tiles_along(frames)) {}

  int64_t count() const { return clips * along * positions; }
  int64_t unit() const { return 1; }
  int64_t frame() const { return positions; }
  int64_t size() const { return clips * frames * positions; }
  TileOrder order(int64_t tiles) const { return {{{0, 1, 0, tiles}}, {}}; }

  template <typename Pointer>
  void places(int64_t tile, Window window, Pointer data, int64_t channels, Pointer outside,
              Pointer* places) const {
    const int64_t clip = tile / (along * positions), position = tile % positions;
    const int64_t first = tile / positions % along * kTileOutputs - window.before;
    for (int64_t t = first; t < first + window.length; t++) {
      const bool inside = t >= 0 && t < frames;
      *places++ = inside ? data + ((clip * frames + t) * positions + position) * channels : outside;
    }
  }

  template <typename Line, typename Load, typename Store>
  static void transform(const Load& load, const Store& store) {
    transform_line<Line>(load, store);
  }

  int64_t clips, frames, positions, along;
};

}  // namespace fame::winograd
