terraform {
  required_providers {
    shelf = {
      source = "acme/shelf"
    }
  }
}

provider "shelf" {
  folder = abspath(path.root)
}

resource "shelf_note" "list" {
  name = "shopping"
  text = "Bread\n"
}
