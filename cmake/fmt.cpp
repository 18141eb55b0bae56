// SPDX-License-Identifier: Apache-2.0
// Debian ships the library of fmt as a shared object only, which in turn needs libstdc++.so. Its
// headers can also be compiled into an archive: once here, instead of 4 s in every file as
// header-only does.
#include <fmt/format-inl.h>

FMT_BEGIN_NAMESPACE
namespace detail {

template thousands_sep_result<char> thousands_sep_impl(locale_ref);
template char decimal_point_impl(locale_ref);
template void buffer<char>::append(const char*, const char*);
template void vformat_to(
    buffer<char>&, basic_string_view<char>, basic_format_args<buffer_context<char>>, locale_ref);
template dragonbox::decimal_fp<float> dragonbox::to_decimal(float) noexcept;
template dragonbox::decimal_fp<double> dragonbox::to_decimal(double) noexcept;

}  // namespace detail
FMT_END_NAMESPACE
