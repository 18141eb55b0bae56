// SPDX-License-Identifier: Apache-2.0
#include "cli/native/target_list.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace synroute::cli {
namespace {

std::optional<Port> no_services(const std::string& name) {
  return name == "https" ? std::optional{Port{443}} : std::nullopt;
}

/// A file with this content, for as long as this lives.
class ListFile {
 public:
  explicit ListFile(const std::string& content)
      : path_{
            testing::TempDir() + "targets-"
            + std::to_string(::testing::UnitTest::GetInstance()->random_seed())
            + testing::UnitTest::GetInstance()->current_test_info()->name()} {
    std::ofstream{path_} << content;
  }
  ListFile(const ListFile&) = delete;
  ListFile& operator=(const ListFile&) = delete;
  ~ListFile() { std::filesystem::remove(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Found {
  std::vector<std::string> targets;
  std::vector<std::string> complaints;
};

Found read_all(TargetList& list) {
  Found found;
  const auto complain = [&](const std::string& message) { found.complaints.push_back(message); };
  while (const auto target = list.next(complain)) {
    found.targets.push_back(
        target->host + ":" + std::to_string(target->port.value_or(Port{0}).value()));
  }
  return found;
}

TEST(TargetList, ReadsOneTargetALine) {
  const ListFile file{
      "192.0.2.1\n\n  # none\nweb.example:8443 # front\r\n2001:db8::1 https\n[2001:db8::2]:80\nlast"};
  auto list = TargetList::open(file.path(), Port{22}, no_services);
  ASSERT_TRUE(list) << list.error();
  EXPECT_EQ(list->line_count(), 7U);
  const Found found = read_all(*list);
  EXPECT_EQ(
      found.targets,
      (std::vector<std::string>{
          "192.0.2.1:22", "web.example:8443", "2001:db8::1:443", "2001:db8::2:80", "last:22"}));
  EXPECT_TRUE(found.complaints.empty());
}

TEST(TargetList, NamesTheLineThatIsNoTargetAndGoesOn) {
  const ListFile file{
      "300.1.1.1\n192.0.2.1\na b c d\n" + std::string(5000, 'x')
      + "\n192.0.2.2:99999\n192.0.2.3\n"};
  auto list = TargetList::open(file.path(), std::nullopt, no_services);
  ASSERT_TRUE(list) << list.error();
  const Found found = read_all(*list);
  EXPECT_EQ(found.targets, (std::vector<std::string>{"192.0.2.1:0", "192.0.2.3:0"}));
  ASSERT_EQ(found.complaints.size(), 4U);
  for (const auto& [index, line] : {std::pair{0, 1}, {1, 3}, {2, 4}, {3, 5}}) {
    const std::string& complaint = found.complaints[static_cast<std::size_t>(index)];
    EXPECT_NE(complaint.find(":" + std::to_string(line) + ": "), std::string::npos) << complaint;
  }
}

TEST(TargetList, SaysThatAFileCannotBeRead) {
  const auto list = TargetList::open("/no/such/file", std::nullopt, no_services);
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error(), "cannot read /no/such/file: No such file or directory");
}

}  // namespace
}  // namespace synroute::cli
